package io.sluice.redis;

import static io.sluice.redis.RedisTemplateNode.awaitEvents;
import static io.sluice.redis.RedisTemplateNode.awaitNewest;
import static io.sluice.redis.RedisTemplateNode.awaitState;
import static io.sluice.redis.RedisTemplateNode.batch;
import static io.sluice.redis.RedisTemplateNode.events;
import static io.sluice.redis.RedisTemplateNode.knows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.Journal;
import io.sluice.log.KeyReusedException;
import io.sluice.log.NamedStream;
import io.sluice.log.NamedStreamInfo;
import io.sluice.log.NewEvent;
import io.sluice.log.NoSuchStreamException;
import io.sluice.log.NotTakenException;
import io.sluice.log.OutcomeUnknownException;
import io.sluice.log.Receipt;
import io.sluice.log.StreamEndedException;
import io.sluice.stream.TemplateOptions;
import io.sluice.stream.TemplateOptions.Create;
import io.sluice.testing.Await;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams by name, at nodes that only a real Redis connects, all in one JVM. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class RedisTemplateLogTest {

    private static final String FEED = "sluice:{chat/*}:log";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Path directory;
    private RedisServer redis;
    private RedisTemplateNode node;
    private final List<RedisTemplateNode> others = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        redis = RedisServer.startDurable(directory);
        node = RedisTemplateNode.open(redis);
    }

    @AfterEach
    void stop() {
        others.forEach(RedisTemplateNode::close);
        node.close();
        redis.close();
    }

    private RedisTemplateNode join() {
        return join(TemplateOptions.DEFAULT);
    }

    private RedisTemplateNode join(TemplateOptions options) {
        RedisTemplateNode joined = RedisTemplateNode.open(redis.uri(), options);
        others.add(joined);
        return joined;
    }

    // ---- streams at all nodes

    @Test
    void eachStreamHasNumbersOfItsOwnAtAllNodes() {
        RedisTemplateNode other = join();
        assertEquals(1, node.publish("a", "x").n());
        assertEquals(2, other.publish("a", "y").n());
        assertEquals(1, other.publish("b", "z").n());
        assertEquals(List.of("1 x", "2 y"), node.read("a"));
        assertEquals(List.of("1 x", "2 y"), other.read("a"));
        assertEquals(List.of("1 z"), node.read("b"));
    }

    @Test
    void aWatcherFollowsWhatOtherNodesPublish() throws Exception {
        RedisTemplateNode other = join();
        NamedStream stream = node.watch("a");
        for (int i = 1; i <= 50; i++) {
            other.publish("a", "e" + i);
            other.publish("b", "other");
        }
        awaitEvents(
                stream, IntStream.rangeClosed(1, 50).mapToObj(n -> n + " e" + n).toArray(String[]::new));
    }

    @Test
    void aNodeThatWatchesHasAPublishedEventInItsJournalWhenItAnswers() {
        NamedStream stream = node.watch("a");
        for (int i = 1; i <= 50; i++) {
            assertEquals(node.publish("a", "e"), RedisTemplateNode.head(stream));
        }
    }

    @Test
    void aNameThatNobodyHasUsedWaitsAndMakesNothing() throws Exception {
        NamedStream stream = node.watch("later");
        assertEquals(List.of(), events(stream));
        EventId position = RedisTemplateNode.head(stream);
        assertEquals(List.of(), list(node, null, 10));
        join().publish("later", "a");
        awaitEvents(stream, "1 a");
        assertTrue(knows(stream, position));
        assertEquals(1, stream.journal().count(0, 1));
    }

    @Test
    void topicTypeAndTextArriveAsTheyWereByTheFeedAndByALoad() throws Exception {
        String text = "{\"ü\": \"\uD83D\uDE00\"}\r\nsecond\u0000line";
        NamedStream live = join().watch("a");
        node.chats().publish("a", new NewEvent("a.b ü", "kind", text)).await();
        awaitNewest(live, "1 " + text);
        NamedStream loaded = node.watch("a");
        for (NamedStream stream : List.of(live, loaded)) {
            var event = Objects.requireNonNull(stream.journal().read(1)).event();
            assertEquals(List.of("a.b ü", "kind"), List.of(event.topic(), String.valueOf(event.type())));
        }
        assertEquals(RedisTemplateNode.head(live), RedisTemplateNode.head(loaded));
    }

    /** They are not in the feed. */
    @Test
    void largeEventsArriveToo() throws Exception {
        NamedStream stream = join().watch("a");
        String large = "x".repeat(1 << 20);
        node.publish("a", "small");
        node.publish("a", large, "small", large);
        awaitEvents(stream, "1 small", "2 " + large, "3 small", "4 " + large);
        assertTrue(Long.parseLong(redis.run("memory", "usage", FEED)) < 20_000);
    }

    /** The feed keeps some 10,000 entries. */
    @Test
    void aNodeThatFallsBehindTheFeedReadsTheStreams() throws Exception {
        RedisTemplateNode other = join();
        NamedStream one = other.watch("a");
        NamedStream two = other.watch("b");
        List<NewEvent> many = IntStream.range(0, Batch.MAX_EVENTS)
                .mapToObj(i -> new NewEvent("t", null, "e" + i))
                .toList();
        node.publish("b", "early");
        List<Future<Receipt>> sent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sent.add(node.chats().publish("a", new Batch(many, null)));
            sent.get(i).await();
        }
        node.publish("b", "late");
        awaitNewest(one, 3 * Batch.MAX_EVENTS + " e" + (Batch.MAX_EVENTS - 1));
        awaitEvents(two, "1 early", "2 late");
        assertTrue(Long.parseLong(redis.run("xlen", FEED)) < 10_500);
    }

    @Test
    void aNodeThatFailsToKeepAnEventReadsItAgain() throws Exception {
        NamedStream stream = node.watch("a");
        FailingFormat format = new FailingFormat();
        stream.journal().use(format);
        node.publish("a", "1");
        format.failOnce();
        node.publish("a", "2");
        node.publish("a", "3");
        awaitEvents(stream, "1 1", "2 2", "3 3");
    }

    @Test
    void whoLeavesIsForgottenAndWhoComesBackHasEverything() {
        NamedStream first = node.watch("a");
        node.publish("a", "x");
        node.chats().release(first);
        join().publish("a", "y");
        NamedStream again = node.watch("a");
        assertEquals(List.of("1 x", "2 y"), events(again));
        assertEquals(0, node.chats().subscribers("a"));
        again.subscribed(2);
        assertEquals(2, node.chats().subscribers("a"));
    }

    // ---- the end

    @Test
    void anEndIsAtomicWithItsEventsAndKnownEverywhere() throws Exception {
        NamedStream there = join().watch("a");
        node.publish("a", "x");
        Receipt last = node.submit("a", null, true, "y", "z");
        assertEquals(List.of(3L, 2), List.of(last.last().n(), last.count()));
        awaitState(there, Journal.State.ENDED);
        assertEquals(List.of("1 x", "2 y", "3 z"), events(there));
        NamedStream late = join().watch("a");
        assertEquals(Journal.State.ENDED, late.journal().state());
        assertEquals(List.of("1 x", "2 y", "3 z"), events(late));
        assertThrows(StreamEndedException.class, () -> others.get(0).publish("a", "more"));
        assertThrows(StreamEndedException.class, () -> node.chats().end("a").await());
        assertEquals(3, node.chats().create("a", null).await().last().n());
    }

    @Test
    void anEndWithoutAnEventTakesNoNumber() {
        node.publish("a", "x");
        NamedStream stream = node.watch("a");
        Receipt end = node.chats().end("a").await();
        assertEquals(List.of(1L, 0), List.of(end.last().n(), end.count()));
        assertEquals(Journal.State.ENDED, stream.journal().state());
    }

    @Test
    void aKeyHoldsAtEachNodeAndAfterTheEnd() {
        RedisTemplateNode other = join();
        Receipt first = node.submit("a", "k", false, "x");
        Receipt last = node.submit("a", "l", true, "y");
        assertEquals(first, other.submit("a", "k", false, "x"));
        assertEquals(last, other.submit("a", "l", true, "y"));
        assertThrows(KeyReusedException.class, () -> other.submit("a", "k", false, "something else"));
        assertEquals(1, other.submit("b", "k", false, "x").last().n());
        assertEquals(List.of("1 x", "2 y"), other.read("a"));
    }

    @Test
    void whatIsRefusedRefusesNothingElse() {
        node.submit("ended", null, true, "x");
        Future<Receipt> before = node.chats().publish("a", batch(null, false, "1"));
        Future<Receipt> ended = node.chats().publish("ended", batch(null, false, "no"));
        Future<Receipt> after = node.chats().publish("a", batch("k", false, "2"));
        Future<Receipt> again = node.chats().publish("a", batch("k", false, "2"));
        Future<Boolean> gone = node.chats().delete("unknown");
        assertEquals(1, before.await().last().n());
        assertThrows(StreamEndedException.class, ended::await);
        assertEquals(2, after.await().last().n());
        assertEquals(after.result(), again.await());
        assertFalse(gone.await());
    }

    /** A key of another kind, by hand, is that stream's trouble only. */
    @Test
    void aStreamThatCannotBeWrittenLeavesTheOthersAlone() throws Exception {
        redis.run("set", "sluice:{chat/*}:log:broken", "by hand");
        Future<Receipt> before = node.chats().publish("a", batch(null, false, "1"));
        Future<Receipt> broken = node.chats().publish("broken", batch(null, false, "no"));
        Future<Receipt> after = node.chats().publish("a", batch(null, false, "2"));
        assertEquals(1, before.await().last().n());
        assertTrue(String.valueOf(
                        assertThrows(NotTakenException.class, broken::await).getMessage())
                .contains("refuses: WRONGTYPE"));
        assertEquals(2, after.await().last().n());
    }

    // ---- making and deleting

    @Test
    void whereOnlyPutMakesAStreamAPublishToAnUnknownNameIsRefused() {
        RedisTemplateNode strict = join(TemplateOptions.DEFAULT.withCreate(Create.PUT));
        assertThrows(NoSuchStreamException.class, () -> strict.publish("a", "x"));
        Receipt made = strict.chats().create("a", "k").await();
        assertEquals(List.of(0L, 1), List.of(made.last().n(), made.count()));
        assertEquals(made, strict.chats().create("a", "k").await());
        assertEquals(0, strict.chats().create("a", null).await().count());
        assertThrows(KeyReusedException.class, () -> strict.submit("a", "k", false, "x"));
        EventId first = strict.publish("a", "x");
        assertEquals(made.last().at(1), first);
        assertTrue(knows(node.watch("a"), made.last()));
    }

    @Test
    void aWaitingReaderKnowsThePositionOfAStreamThatIsMadeEmpty() throws Exception {
        NamedStream stream = join().watch("a");
        EventId made = node.chats().create("a", null).await().last();
        Await.await(
                "its position", PATIENCE, () -> RedisTemplateNode.head(stream).equals(made));
    }

    @Test
    void thereAreAsManyStreamsAsThereMayBe() {
        RedisTemplateNode small = join(TemplateOptions.DEFAULT.withMax(2));
        small.publish("a", "x");
        small.chats().create("b", null).await();
        NotTakenException full = assertThrows(NotTakenException.class, () -> small.publish("c", "x"));
        assertEquals("chat/* has 2 streams, as many as it may; try again", full.getMessage());
        assertThrows(
                NotTakenException.class, () -> small.chats().create("c", null).await());
        small.publish("a", "y");
        assertTrue(small.chats().delete("a").await());
        small.publish("c", "x");
    }

    @Test
    void aDeletedStreamIsGoneEverywhereAndAStreamMadeAnewIsAnother() throws Exception {
        RedisTemplateNode other = join();
        NamedStream there = other.watch("a");
        EventId old = node.publish("a", "x");
        assertTrue(node.chats().delete("a").await());
        awaitState(there, Journal.State.DELETED);
        other.chats().release(there);
        assertThrows(NoSuchStreamException.class, () -> other.watch("a"));
        assertFalse(other.chats().delete("a").await());
        assertEquals(List.of(), list(node, null, 10));
        EventId anew = other.publish("a", "y");
        assertEquals(1, anew.n());
        assertNotEquals(old.epoch(), anew.epoch());
        NamedStream second = node.watch("a");
        assertEquals(List.of("1 y"), events(second));
        assertFalse(knows(second, old));
    }

    // ---- lists

    @Test
    void aListTellsOfEachStream() {
        node.publish("b", "12345", "12345");
        EventId last = node.submit("a", null, true, "x").last();
        NamedStream watched = node.watch("b");
        List<NamedStreamInfo> all = list(join(), null, 10);
        assertEquals(new NamedStreamInfo("a", last, 1, all.get(0).bytes(), true), all.get(0));
        assertEquals("b", all.get(1).name());
        assertEquals(2, all.get(1).events());
        assertEquals(watched.journal().contents().bytes(), all.get(1).bytes());
        assertFalse(all.get(1).ended());
    }

    @Test
    void tenThousandStreamsAreListedInPages() {
        List<Future<Receipt>> made = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            made.add(node.chats().publish("s" + i, batch(null, false, "e")));
            if (made.size() == 1000) {
                Future.all(made).await();
                made.clear();
            }
        }
        List<String> names = new ArrayList<>();
        List<NamedStreamInfo> page = list(node, null, 1000);
        while (!page.isEmpty()) {
            page.forEach(info -> names.add(info.name()));
            page = list(node, names.get(names.size() - 1), 1000);
        }
        assertEquals(IntStream.range(0, 10_000).mapToObj(i -> "s" + i).sorted().toList(), names);
    }

    private static List<NamedStreamInfo> list(RedisTemplateNode node, @Nullable String after, int limit) {
        return node.chats().list(after, limit).await();
    }

    // ---- what is kept

    @Test
    void eachStreamKeepsNoMoreThanItsHistory() throws Exception {
        TemplateOptions small = TemplateOptions.DEFAULT.withHistory(History.of(10, null, null));
        redis.run("del", "sluice:{chat/*}:history");
        RedisTemplateNode brief = join(small);
        brief.publish("a", IntStream.range(0, 25).mapToObj(i -> "e" + i).toArray(String[]::new));
        assertEquals("10", redis.run("xlen", FEED + ":a"));
        assertEquals("16 e15", brief.read("a").get(0));
        NamedStreamInfo info = list(brief, null, 1).get(0);
        assertEquals(10, info.events());
        assertTrue(info.bytes() > 200 && info.bytes() < 300, info.toString());
    }

    @Test
    void whatIsTooOldIsNotReadThoughNothingIsPublished() throws Exception {
        redis.run("del", "sluice:{chat/*}:history");
        RedisTemplateNode brief =
                join(TemplateOptions.DEFAULT.withHistory(History.of(null, Duration.ofMillis(300), null)));
        NamedStream watched = brief.watch("a");
        EventId last = brief.publish("a", "x", "y");
        Await.await("the journal is trimmed", PATIENCE, () -> events(watched).isEmpty());
        brief.chats().release(watched);
        NamedStream again = brief.watch("a");
        assertEquals(List.of(), events(again));
        assertTrue(knows(again, last));
        assertEquals("0", redis.run("xlen", FEED + ":a"));
        assertEquals(3, brief.publish("a", "z").n());
    }

    @Test
    void aNodeWithAnotherHistoryIsRefused() {
        TemplateOptions other = TemplateOptions.DEFAULT.withHistory(History.of(10, null, null));
        assertEquals(
                "history: 10 events, age 3600s: expected 10000 events, age 3600s, as the nodes have it that use this Redis",
                assertThrows(InvalidOptionException.class, () -> join(other)).getMessage());
    }

    // ---- expiry

    @Test
    void aStreamWithoutEventsGoesUnlessItIsWatchedAtSomeNode() throws Exception {
        TemplateOptions brief = TemplateOptions.DEFAULT.withIdle(Duration.ofMillis(600));
        RedisTemplateNode one = join(brief);
        RedisTemplateNode two = join(brief);
        EventId old = one.publish("watched", "x");
        NamedStream watched = two.watch("watched");
        for (int i = 0; i < 4; i++) {
            String name = "alone" + i;
            one.publish(name, "x");
            Await.await(name + " goes", PATIENCE, () -> list(one, null, 10).size() == 1);
        }
        assertEquals(List.of("1 x"), one.read("watched"));
        two.chats().release(watched);
        Await.await("it goes too", PATIENCE, () -> list(one, null, 10).isEmpty());
        NamedStream none = one.watch("watched");
        assertEquals(List.of(), events(none));
        assertNotEquals(old.epoch(), one.publish("watched", "y").epoch());
        assertFalse(knows(none, old));
    }

    @Test
    void anEndedStreamGoesAfterItsTimeThoughSomebodyWatches() throws Exception {
        TemplateOptions brief = TemplateOptions.DEFAULT.withKeep(Duration.ofMillis(500));
        RedisTemplateNode one = join(brief);
        NamedStream watched = node.watch("a");
        one.submit("a", null, true, "x");
        assertEquals(List.of("1 x"), one.read("a"));
        awaitState(watched, Journal.State.DELETED);
        assertEquals(List.of(), list(one, null, 10));
        // It is remembered for as long again.
        Await.await("it is as if it had never been", PATIENCE, () -> !isGone(one, "a"));
    }

    private static boolean isGone(RedisTemplateNode node, String stream) {
        try {
            node.chats().release(node.watch(stream));
            return false;
        } catch (NoSuchStreamException e) {
            return true;
        }
    }

    @Test
    void nothingGoesAtOnceWhenTheNodesWereAway() throws Exception {
        node.publish("a", "x");
        redis.run("zadd", "sluice:{chat/*}:times", "1000", "a");
        redis.run("hset", "sluice:{chat/*}:state", "asked", "1000");
        redis.run("hdel", "sluice:{chat/*}:state", "quiet");
        join();
        Await.await("a sweep", PATIENCE, () -> !redis.run("hget", "sluice:{chat/*}:state", "quiet")
                .isEmpty());
        assertEquals(List.of("1 x"), node.read("a"));
    }

    // ---- a Redis that is away

    @Test
    void withoutRedisNothingIsTakenAndAllIsReadAgainWhenItIsBack() throws Exception {
        node.publish("a", "1");
        node.publish("b", "x");
        RedisTemplateNode other = join();
        NamedStream here = node.watch("a");
        NamedStream there = other.watch("a");
        redis.stop();
        node.awaitFollowing(false);
        NotTakenException away = refusal(node, "a", "lost");
        assertEquals("Redis at 127.0.0.1:" + redis.port() + " is away; try again", away.getMessage());
        assertEquals(List.of("1 1"), events(here));
        assertEquals(List.of("1 1"), events(node.watch("a")));
        Future<NamedStream> comes = node.chats().watch("b");
        redis.startAgain();
        assertEquals(List.of("1 x"), events(comes.await()));
        node.awaitFollowing(true);
        other.awaitFollowing(true);
        untilTaken(node, "a", "2");
        awaitEvents(there, "1 1", "2 2");
        awaitEvents(here, "1 1", "2 2");
    }

    /** One of a node's connections may learn a moment later than another one that Redis is away. */
    private static NotTakenException refusal(RedisTemplateNode node, String stream, String data) {
        while (true) {
            try {
                node.publish(stream, data);
                throw new AssertionError("it was taken");
            } catch (NotTakenException e) {
                return e;
            } catch (OutcomeUnknownException e) {
                assertTrue(e.reason().contains("was lost"), e.reason());
            }
        }
    }

    @Test
    void aNodeThatWasAwayReadsWhatItHasMissed() throws Exception {
        try (RedisGate gate = new RedisGate(redis.port());
                RedisTemplateNode far = RedisTemplateNode.open(gate.uri(), TemplateOptions.DEFAULT)) {
            NamedStream open = far.watch("a");
            NamedStream ended = far.watch("b");
            NamedStream deleted = far.watch("c");
            NamedStream waiting = far.watch("d");
            NamedStream anew = far.watch("e");
            far.publish("a", "1");
            far.publish("c", "1");
            far.publish("e", "1");
            gate.shut();
            far.awaitFollowing(false);
            node.publish("a", "2", "3");
            node.submit("b", null, true, "x");
            node.chats().delete("c").await();
            node.publish("d", "x");
            node.chats().delete("e").await();
            node.publish("e", "2");
            gate.open();
            awaitEvents(open, "1 1", "2 2", "3 3");
            awaitState(ended, Journal.State.ENDED);
            assertEquals(List.of("1 x"), events(ended));
            awaitState(deleted, Journal.State.DELETED);
            awaitEvents(waiting, "1 x");
            awaitEvents(anew, "1 2");
            far.awaitFollowing(true);
        }
    }

    /** Each publish has its answer. What was acknowledged is there once, and what was refused is not there. */
    @Test
    void nothingIsLostOrRepeatedWhenRedisIsKilledUnderLoad() throws Exception {
        RedisTemplateNode other = join();
        NamedStream watched = other.watch("s0");
        for (int round = 0; round < 3; round++) {
            List<Future<Receipt>> sent = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                sent.add(node.chats().publish("s" + i % 3, batch(null, false, round + "." + i)));
            }
            redis.kill();
            redis.startAgain();
            for (Future<Receipt> one : sent) {
                one.otherwiseEmpty().await();
            }
            node.awaitFollowing(true);
            List<List<String>> kept = List.of(join().read("s0"), join().read("s1"), join().read("s2"));
            for (int i = 0; i < sent.size(); i++) {
                String data = round + "." + i;
                List<String> stream = kept.get(i % 3);
                long times = stream.stream()
                        .filter(event -> event.endsWith(" " + data))
                        .count();
                if (sent.get(i).succeeded()) {
                    assertEquals(1, times, data);
                    assertTrue(stream.contains(sent.get(i).result().last().n() + " " + data), data);
                }
                assertTrue(times <= (sent.get(i).cause() instanceof NotTakenException ? 0 : 1), data);
            }
            awaitEvents(watched, kept.get(0).toArray(String[]::new));
        }
    }

    // ---- restarts

    @Test
    void historyEndsKeysAndIdsOutliveRedisAndAllNodes() throws Exception {
        EventId first = node.publish("a", "x");
        Receipt keyed = node.submit("a", "k", false, "y");
        node.submit("b", null, true, "z");
        node.chats().delete("a2").await();
        node.close();
        redis.stop();
        redis.startAgain();
        node = RedisTemplateNode.open(redis);
        NamedStream a = node.watch("a");
        assertEquals(List.of("1 x", "2 y"), events(a));
        assertTrue(knows(a, first));
        assertEquals(keyed, node.submit("a", "k", false, "y"));
        EventId next = node.publish("a", "more");
        assertEquals(3, next.n());
        assertNotEquals(first.epoch(), next.epoch());
        assertEquals(2, a.journal().count(first.n(), next.n()));
        assertThrows(StreamEndedException.class, () -> node.publish("b", "more"));
        NamedStream b = node.watch("b");
        assertEquals(Journal.State.ENDED, b.journal().state());
        assertEquals(List.of("1 z"), events(b));
        assertEquals(2, list(node, null, 10).size());
    }

    @Test
    void aRestartIsOneEpochOfAStreamHoweverManyNodesNotice() throws Exception {
        RedisTemplateNode other = join();
        NamedStream here = node.watch("a");
        NamedStream there = other.watch("a");
        EventId old = node.publish("a", "x");
        redis.stop();
        node.awaitFollowing(false);
        redis.startAgain();
        node.awaitFollowing(true);
        other.awaitFollowing(true);
        EventId next = untilTaken(node, "a", "y");
        awaitEvents(here, "1 x", "2 y");
        awaitEvents(there, "1 x", "2 y");
        assertTrue(knows(here, old) && knows(there, old));
        assertNotEquals(old.epoch(), next.epoch());
        assertEquals(2, redis.run("hget", "sluice:{chat/*}:state:a", "epochs").split("-", -1).length - 1);
    }

    @Test
    void eventsThatAnOlderSnapshotLacksAreUnknownAndTheirNumbersAreGivenAgain() throws Exception {
        keepOnlySnapshots();
        NamedStream stream = node.watch("a");
        NamedStream ended = node.watch("b");
        EventId kept = node.publish("a", "1", "2");
        node.publish("b", "1");
        redis.save();
        EventId lost = node.publish("a", "3", "4");
        node.submit("b", null, true, "2");
        assertEquals(Journal.State.ENDED, ended.journal().state());
        redis.kill();
        redis.startAgain();
        awaitEvents(stream, "1 1", "2 2");
        awaitEvents(ended, "1 1");
        assertEquals(Journal.State.OPEN, ended.journal().state());
        assertFalse(knows(stream, lost));
        assertTrue(knows(stream, kept));
        EventId next = untilTaken(node, "a", "other");
        assertEquals(3, next.n());
        assertNotEquals(lost.epoch(), next.epoch());
        awaitEvents(stream, "1 1", "2 2", "3 other");
        assertFalse(knows(join().watch("a"), lost.at(3)));
    }

    @Test
    void streamsThatRedisHasLostWaitToBeMadeAnewAndTheirReadersAreToldAGap() throws Exception {
        keepOnlySnapshots();
        NamedStream stream = node.watch("a");
        EventId old = node.publish("a", "1", "2");
        redis.kill();
        redis.startAgain();
        node.awaitFollowing(true);
        assertEquals(Journal.State.OPEN, stream.journal().state());
        EventId next = untilTaken(node, "a", "new");
        assertEquals(1, next.n());
        assertNotEquals(old.epoch(), next.epoch());
        awaitEvents(stream, "1 new");
        assertFalse(knows(stream, old));
    }

    @Test
    void anEmptiedRedisBeginsAnew() throws Exception {
        NamedStream stream = join().watch("a");
        EventId old = node.publish("a", "1");
        awaitEvents(stream, "1 1");
        redis.run("flushall");
        EventId next = node.publish("a", "2");
        assertEquals(1, next.n());
        awaitEvents(stream, "1 2");
        assertFalse(knows(stream, old));
    }

    @Test
    void aLogThatIsDeletedByHandGoesOnAboveWithoutItsPast() throws Exception {
        NamedStream there = join().watch("a");
        EventId old = node.publish("a", "1", "2", "3");
        awaitNewest(there, "3 3");
        redis.run("del", FEED + ":a");
        EventId next = node.publish("a", "4");
        // The epoch begins at 4.
        assertEquals(5, next.n());
        awaitEvents(there, "5 4");
        assertFalse(knows(there, old));
    }

    @Test
    void aFeedThatIsDeletedByHandLosesNothing() throws Exception {
        NamedStream there = join().watch("a");
        node.publish("a", "1");
        awaitNewest(there, "1 1");
        redis.run("del", FEED);
        node.publish("a", "2");
        awaitEvents(there, "1 1", "2 2");
        redis.run("del", FEED, "sluice:{chat/*}:state");
        node.publish("a", "3");
        awaitEvents(there, "1 1", "2 2", "3 3");
    }

    private void keepOnlySnapshots() throws Exception {
        node.close();
        redis.close();
        redis = RedisServer.start(Files.createDirectory(directory.resolve("snapshots")));
        node = RedisTemplateNode.open(redis);
    }

    /** Its writing connection comes back in a moment too. */
    private static EventId untilTaken(RedisTemplateNode node, String stream, String data) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (true) {
            try {
                return node.publish(stream, data);
            } catch (NotTakenException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }
}
