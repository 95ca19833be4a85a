package io.sluice.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.KeyReusedException;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
import io.sluice.log.OutcomeUnknownException;
import io.sluice.log.Receipt;
import io.sluice.log.RecentKeys;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.sluice.testing.log.FailingFormat;
import io.sluice.testing.network.RedisGate;
import io.sluice.testing.process.RedisServer;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams of nodes that only a real Redis connects, all in one JVM. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class RedisLogTest {

    private static final History SMALL = History.of(10, null, null);

    private Path directory;
    private RedisServer redis;
    private RedisNode node;
    private final List<RedisNode> others = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        redis = RedisServer.startDurable(directory);
        node = RedisNode.open(redis);
    }

    @AfterEach
    void stop() {
        others.forEach(RedisNode::close);
        node.close();
        redis.close();
    }

    /** What Redis has, a node has too, be it a moment later. */
    @Test
    void aNodeThatFailsToKeepAnEventReadsItAgain() throws Exception {
        FailingFormat format = new FailingFormat();
        node.stream().use(format);
        node.publish("a");
        format.failOnce();
        node.publish("b");
        node.publish("c");
        Await.await("all events", () -> node.events().size() == 3);
        Await.await("it goes on", () -> node.stream().isFollowing());
        node.publish("d");
        Await.await("the next one", () -> node.events().size() == 4);
    }

    // ---- one stream at all nodes

    @Test
    void eachNodeReadsTheEventsOfAllNodesInOneOrder() throws Exception {
        RedisNode other = join();
        for (int i = 1; i <= 20; i++) {
            assertEquals(i, (i % 2 == 0 ? node : other).publish("e" + i).n());
        }
        assertEquals(
                IntStream.rangeClosed(1, 20).mapToObj(n -> n + " e" + n).toList(),
                node.awaitNewest("20 e20").events());
        assertEquals(node.events(), other.awaitNewest("20 e20").events());
    }

    @Test
    void aNodeHasAPublishedEventInItsJournalWhenItAnswers() {
        for (int i = 1; i <= 50; i++) {
            assertEquals(node.publish("e").n(), node.head().n());
        }
    }

    @Test
    void eachNodeTakesInItsOwnBus() throws Exception {
        RedisNode other = join();
        node.vertx().eventBus().publish("ticks", "here");
        node.awaitNewest("1 here");
        other.vertx().eventBus().request("sluice.events", "there").await();
        assertEquals(List.of("1 here", "2 there"), node.awaitNewest("2 there").events());
    }

    @Test
    void oneNodeOfAClusterReadsTheBusForAll() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster()) {
            RedisNode one = RedisNode.openIn(cluster, redis);
            RedisNode two = RedisNode.openIn(cluster, redis);
            one.vertx().eventBus().request("sluice.events", "a").await();
            two.vertx().eventBus().publish("ticks", "b");
            two.awaitNewest("2 b");
            two.publish("c");
            one.stop();
            two.await(() -> isTaken(two, "d"));
            assertEquals(List.of("1 a", "2 b", "3 c", "4 d"), two.events());
            two.stop();
        }
    }

    /** Until a node has taken over, no node reads the bus. */
    private static boolean isTaken(RedisNode node, String data) {
        try {
            node.vertx().eventBus().request("sluice.events", data).await();
            return true;
        } catch (RuntimeException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("No handlers"), e.toString());
            return false;
        }
    }

    @Test
    void aNodeThatComesHasTheHistoryAndKnowsItsIds() {
        EventId first = node.publish("a");
        node.publish("b");
        RedisNode late = join();
        assertEquals(List.of("1 a", "2 b"), late.events());
        assertTrue(late.knows(first));
    }

    @Test
    void topicTypeAndAnyTextArriveAsTheyWere() {
        String text = "{\"ü\": \"\uD83D\uDE00\"}\r\nsecond\u0000line";
        EventId id = node.stream()
                .publish(List.of(new NewEvent("a.b ü", "kind", text)))
                .await();
        Event event = Objects.requireNonNull(join().journal().read(1)).event();
        assertEquals(
                List.of(id, "a.b ü", "kind", text),
                List.of(event.id(), event.topic(), event.type(), event.data().toString()));
    }

    @Test
    void aLargeSubmissionArrivesWhole() {
        List<NewEvent> many = IntStream.range(0, Batch.MAX_EVENTS)
                .mapToObj(i -> new NewEvent("t", null, "e" + i))
                .toList();
        assertEquals(Batch.MAX_EVENTS, node.stream().publish(many).await().n());
        assertEquals(Batch.MAX_EVENTS, join().events().size());
    }

    @Test
    void eventsOfMegabytesAreReadInPiecesThatFit() {
        String large = "x".repeat(3 << 20);
        for (int i = 0; i < 4; i++) {
            node.publish(large, large);
        }
        assertEquals(8, join().head().n());
    }

    // ---- what is kept

    @Test
    void keepsNoMoreThanItsCount() throws Exception {
        RedisNode small = small(SMALL);
        small.publish(IntStream.range(0, 25).mapToObj(i -> "e" + i).toArray(String[]::new));
        assertEquals(10, small.events().size());
        assertEquals("10", redis.run("xlen", "sluice:{events}:log"));
        RedisNode late = RedisNode.open(redis, SMALL, RecentKeys.DEFAULT_AGE);
        others.add(late);
        assertEquals("16 e15", late.events().get(0));
    }

    @Test
    void keepsNothingThatIsTooOldAndKnowsItsPositionWithoutAny() throws Exception {
        History brief = History.of(null, Duration.ofMillis(300), null);
        RedisNode small = small(brief);
        for (int i = 1; i <= 40; i++) {
            small.publish("old" + i);
        }
        // The journal is trimmed each second.
        small.await(() -> small.journal().tail() > 40);
        assertEquals(41, small.publish("young").n());
        assertEquals("1", redis.run("xlen", "sluice:{events}:log"));
        small.await(() -> small.journal().tail() > 41);
        RedisNode late = RedisNode.open(redis, brief, RecentKeys.DEFAULT_AGE);
        others.add(late);
        assertEquals(41, late.head().n());
        assertTrue(late.knows(late.head()));
        assertEquals(42, late.publish("next").n());
    }

    /** A stream with this history in the place of the default one. */
    private RedisNode small(History history) throws Exception {
        redis.run("del", "sluice:{events}:history");
        RedisNode small = RedisNode.open(redis, history, RecentKeys.DEFAULT_AGE);
        others.add(small);
        return small;
    }

    @Test
    void aNodeWithAnotherHistoryIsRefused() {
        InvalidOptionException refused =
                assertThrows(InvalidOptionException.class, () -> RedisNode.open(redis, SMALL, RecentKeys.DEFAULT_AGE));
        assertEquals(
                "history: 10 events, age 3600s: expected 10000 events, age 3600s, as the nodes have it that use this Redis",
                refused.getMessage());
    }

    // ---- idempotency keys

    @Test
    void aKeyIsKnownAtEachNode() {
        RedisNode other = join();
        Receipt first = node.submit("k", "a", "b");
        other.publish("c");
        assertEquals(first, other.submit("k", "a", "b"));
        assertEquals(first, join().submit("k", "a", "b"));
        assertThrows(KeyReusedException.class, () -> other.submit("k", "something else"));
        assertEquals(List.of("1 a", "2 b", "3 c"), join().events());
    }

    @Test
    void aKeyIsKnownToARedisThatWasRestarted() throws Exception {
        Receipt first = node.submit("k", "a");
        restart();
        assertEquals(first, node.submit("k", "a"));
        assertEquals(List.of("1 a"), node.events());
    }

    @Test
    void twiceInOneBatchIsOnce() {
        Future<Receipt> first = node.stream().publish(RedisNode.submission("k", "a"));
        Future<Receipt> second = node.stream().publish(RedisNode.submission("k", "a"));
        assertEquals(first.await(), second.await());
        assertEquals(List.of("1 a"), node.events());
    }

    @Test
    void aKeyIsForgottenInTime() {
        RedisNode brief = RedisNode.open(redis, History.DEFAULT, Duration.ofMillis(50));
        others.add(brief);
        assertEquals(1, brief.submit("k", "a").last().n());
        long n = 1;
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (n == 1 && System.nanoTime() < deadline) {
            n = brief.submit("k", "a").last().n();
        }
        assertEquals(2, n);
    }

    @Test
    void withNoTimeForKeysNothingIsARepetition() {
        RedisNode none = RedisNode.open(redis, History.DEFAULT, Duration.ZERO);
        others.add(none);
        none.submit("k", "a");
        assertEquals(2, none.submit("k", "a").last().n());
    }

    // ---- a Redis that is away

    @Test
    void withoutRedisNothingIsTakenAndAllIsReadAgainWhenItIsBack() throws Exception {
        node.publish("a");
        RedisNode other = join();
        redis.stop();
        node.awaitFollowing(false);
        NotTakenException away = assertThrows(NotTakenException.class, () -> node.publish("lost"));
        assertEquals("Redis at 127.0.0.1:" + redis.port() + " is away; try again", away.getMessage());
        assertEquals(List.of("1 a"), node.events());
        redis.startAgain();
        node.awaitFollowing(true);
        other.awaitFollowing(true);
        untilTaken(node, "b");
        assertEquals(List.of("1 a", "2 b"), other.awaitNewest("2 b").events());
    }

    @Test
    void aRedisThatFallsSilentCountsAsAway() throws Exception {
        try (RedisGate gate = new RedisGate(redis.port());
                RedisNode far = RedisNode.open(gate.uri())) {
            far.publish("a");
            gate.silence();
            RuntimeException failure = assertThrows(RuntimeException.class, () -> far.publish("b"));
            String unknown = String.valueOf(failure.getMessage());
            assertTrue(unknown.contains("nobody can say whether the log has this"), unknown);
            assertThrows(NotTakenException.class, () -> far.publish("c"));
            far.awaitFollowing(false);
            node.publish("d");
            gate.open();
            far.awaitNewest("2 d").awaitFollowing(true);
            assertEquals(3, far.publish("e").n());
        }
    }

    /** It took 15 s at worst: every step had its own patience. */
    @Test
    void aPublisherHasAnAnswerWithinTenSecondsHoweverSlowRedisIs() throws Exception {
        try (RedisGate gate = new RedisGate(redis.port());
                RedisNode far = RedisNode.open(gate.uri())) {
            far.publish("a");
            redis.run("script", "flush");
            gate.stallScripts();
            long start = System.nanoTime();
            assertThrows(OutcomeUnknownException.class, () -> far.publish("b"));
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            assertTrue(seconds < 10, seconds + " s");
            gate.open();
        }
    }

    @Test
    void anAppendThatLosesItsAnswerIsSentAgainAndThereOnce() throws Exception {
        try (RedisGate gate = new RedisGate(redis.port());
                RedisNode far = RedisNode.open(gate.uri())) {
            // Redis knows the script.
            node.publish("e1");
            for (int n = 2; n <= 20; n++) {
                far.awaitFollowing(true);
                gate.holdAnswers();
                Future<EventId> sent = far.stream().publish(List.of(new NewEvent("t", null, "e" + n)));
                // Redis has it, and its node does not know.
                node.awaitNewest(n + " e" + n);
                gate.shut();
                gate.open();
                assertEquals(n, sent.await().n());
            }
            assertEquals(20, node.journal().head());
        }
    }

    @Test
    void anAcknowledgedEventIsThereOnceAfterRedisDied() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<Future<EventId>> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sent.add(node.stream().publish(List.of(new NewEvent("t", null, round + "." + i))));
            }
            redis.kill();
            redis.startAgain();
            for (Future<EventId> one : sent) {
                one.otherwiseEmpty().await();
            }
            List<String> kept = join().events();
            for (int i = 0; i < sent.size(); i++) {
                String data = round + "." + i;
                long times = kept.stream()
                        .filter(event -> event.endsWith(" " + data))
                        .count();
                if (sent.get(i).succeeded()) {
                    assertEquals(1, times, data);
                    assertTrue(kept.contains(sent.get(i).result().n() + " " + data), data);
                }
                boolean refused = sent.get(i).cause() instanceof NotTakenException;
                assertTrue(times <= (refused ? 0 : 1), data);
            }
            node.awaitFollowing(true);
        }
    }

    // ---- epochs

    @Test
    void aRestartBeginsAnEpochInWhichOldIdsAreStillKnown() throws Exception {
        EventId old = node.publish("a");
        restart();
        EventId next = untilTaken(node, "b");
        assertEquals(2, next.n());
        assertNotEquals(old.epoch(), next.epoch());
        assertTrue(node.knows(old));
        assertEquals(1, node.journal().count(old.n(), next.n()));
        assertTrue(join().knows(old));
    }

    @Test
    void oneRestartIsOneEpochHoweverManyNodesNotice() throws Exception {
        join();
        join();
        node.publish("a");
        restart();
        for (RedisNode other : others) {
            other.awaitFollowing(true);
        }
        untilTaken(node, "b");
        assertEquals(2, Epochs.parse(state("epochs")).list().size());
    }

    @Test
    void theNewestSixteenEpochsAreRemembered() throws Exception {
        node.publish("a");
        for (int i = 0; i < 20; i++) {
            redis.run("hset", "sluice:{events}:state", "run", "another");
            node.publish("e" + i);
        }
        assertEquals(16, Epochs.parse(state("epochs")).list().size());
        assertTrue(join().knows(node.head()));
    }

    // ---- what is lost

    @Test
    void eventsThatAnOlderSnapshotLacksAreUnknownAndTheirNumbersAreGivenAgain() throws Exception {
        keepOnlySnapshots();
        EventId kept = node.publish("a", "b");
        redis.save();
        EventId lost = node.publish("c", "d");
        redis.kill();
        redis.startAgain();
        node.awaitNewest("2 b");
        assertFalse(node.knows(lost));
        assertTrue(node.knows(kept));
        EventId next = untilTaken(node, "other");
        assertEquals(3, next.n());
        assertNotEquals(lost.epoch(), next.epoch());
        assertEquals(List.of("1 a", "2 b", "3 other"), node.events());
        assertFalse(join().knows(lost.at(3)));
    }

    /** The old node comes back when the log is past the place where it was. */
    @Test
    void aNodeThatWasAwayWhileALostPastWasFilledUpFindsOut() throws Exception {
        keepOnlySnapshots();
        EventId kept = node.publish("a", "b");
        redis.save();
        EventId lost = node.publish("c", "d");
        RedisGate gate = new RedisGate(redis.port());
        RedisNode away = RedisNode.open(gate.uri());
        others.add(away);
        gate.shut();
        away.awaitFollowing(false);
        redis.kill();
        redis.startAgain();
        node.close();
        node = RedisNode.open(redis);
        node.publish("x", "y", "z");
        gate.open();
        assertEquals(
                List.of("1 a", "2 b", "3 x", "4 y", "5 z"),
                away.awaitNewest("5 z").events());
        assertTrue(away.knows(kept));
        assertFalse(node.knows(lost));
        gate.close();
    }

    /** In the place of the durable one. */
    private void keepOnlySnapshots() throws Exception {
        node.close();
        redis.close();
        redis = RedisServer.start(Files.createDirectory(directory.resolve("snapshots")));
        node = RedisNode.open(redis);
    }

    @Test
    void aLogThatIsDeletedWhileNodesRunGoesOnAboveWithoutItsPast() throws Exception {
        RedisNode other = join();
        EventId old = node.publish("a", "b", "c");
        redis.run("del", "sluice:{events}:log");
        EventId next = node.publish("d");
        // The epoch begins at 4.
        assertEquals(5, next.n());
        for (RedisNode each : List.of(node, other)) {
            assertEquals(List.of("5 d"), each.awaitNewest("5 d").events());
            assertFalse(each.knows(old));
            assertTrue(each.knows(next.at(4)));
        }
        assertEquals(2, Epochs.parse(state("epochs")).list().size());
    }

    @Test
    void nodesOfAnEmptiedRedisBeginWithItAnew() throws Exception {
        RedisNode other = join();
        EventId old = node.publish("a", "b", "c");
        redis.run("flushall");
        EventId next = node.publish("d");
        assertEquals(1, next.n());
        assertNotEquals(old.epoch(), next.epoch());
        for (RedisNode each : List.of(node, other)) {
            assertEquals(List.of("1 d"), each.awaitNewest("1 d").events());
            assertTrue(each.knows(next));
            assertEquals(next.epoch(), each.head().epoch());
        }
        assertFalse(join().knows(old));
    }

    @Test
    void aReplacedEventMeansAnEpochWithoutAPast() throws Exception {
        EventId old = node.publish("a", "b");
        redis.run("del", "sluice:{events}:log");
        forge(1, old.epoch(), "forged");
        forge(2, old.epoch(), "forged");
        redis.run("client", "kill", "type", "normal");
        node.await(() -> !node.knows(old));
        EventId next = untilTaken(node, "c");
        assertEquals(4, next.n());
        assertEquals(List.of("4 c"), node.awaitNewest("4 c").events());
        assertFalse(join().knows(old));
    }

    private void forge(long n, String epoch, String data) throws Exception {
        redis.run(("xadd sluice:{events}:log " + n + "-0 time 4000000000000 epoch " + epoch + " topic t type  data "
                        + data + " bits 0")
                .split(" ", -1));
    }

    @Test
    void aHoleInTheLogIsAGapForLaterReaders() throws Exception {
        node.publish("a", "b", "c");
        redis.run("xdel", "sluice:{events}:log", "2-0");
        assertEquals(List.of("3 c"), join().events());
        assertEquals(4, node.publish("d").n());
        assertEquals(List.of("1 a", "2 b", "3 c", "4 d"), node.events());
    }

    @Test
    void readersSkipEntriesThatNoNodeWrote() throws Exception {
        node.publish("a");
        redis.run("xadd", "sluice:{events}:log", "2-0", "what", "ever");
        assertEquals(3, node.publish("b").n());
        assertEquals(List.of("3 b"), node.awaitNewest("3 b").events());
    }

    private String state(String field) throws Exception {
        return redis.run("hget", "sluice:{events}:state", field);
    }

    private RedisNode join() {
        RedisNode joined = RedisNode.open(redis);
        others.add(joined);
        return joined;
    }

    private void restart() throws Exception {
        redis.stop();
        node.awaitFollowing(false);
        redis.startAgain();
        node.awaitFollowing(true);
    }

    /** Its writing connection comes back in a moment too. */
    private static EventId untilTaken(RedisNode node, String data) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (true) {
            try {
                return node.publish(data);
            } catch (NotTakenException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }
}
