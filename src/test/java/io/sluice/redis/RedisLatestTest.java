package io.sluice.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.Bytes;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.Journal;
import io.sluice.log.NewEvent;
import io.sluice.log.RecentKeys;
import io.sluice.testing.network.RedisGate;
import io.sluice.testing.process.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The newest event of each topic is in Redis though the log does not have it any more. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class RedisLatestTest {

    /** Three events, and the newest of ten topics. */
    private static final History THREE = History.of(3, null, null, 10);

    private static final String STATE = "sluice:{events}:state";
    private static final String LATEST = "sluice:{events}:latest";
    private static final String TOPICS = "sluice:{events}:topics";

    private Path directory;
    private RedisServer redis;
    private final List<RedisNode> nodes = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        redis = RedisServer.startDurable(directory);
    }

    @AfterEach
    void stop() {
        nodes.forEach(RedisNode::close);
        redis.close();
    }

    private RedisNode join(History history) {
        return add(RedisNode.open(redis, history, RecentKeys.DEFAULT_AGE));
    }

    private RedisNode add(RedisNode joined) {
        nodes.add(joined);
        return joined;
    }

    /** Publishes an event of each topic. */
    private static EventId publish(RedisNode node, String... topics) {
        return node.stream()
                .publish(Arrays.stream(topics)
                        .map(topic -> new NewEvent(topic, null, "x"))
                        .toList())
                .await();
    }

    private static EventId forget(RedisNode node, String topic) {
        return node.stream()
                .publish(List.of(new NewEvent(topic, null, Bytes.of(""), true)))
                .await();
    }

    /** What the journal keeps beyond the history, as {@code n topic}. */
    private static List<String> latest(RedisNode node) {
        List<String> found = new ArrayList<>();
        Journal.Entry entry = node.journal().latestAfter(0);
        while (entry != null) {
            found.add(entry.event().n() + " " + entry.event().topic());
            entry = node.journal().latestAfter(entry.position());
        }
        return found;
    }

    private static Event newest(RedisNode node, String topic) {
        return Objects.requireNonNull(node.journal().newest(topic)).event();
    }

    // ---- a node that comes

    @Test
    void aNodeThatComesHasTheNewestOfEachTopicThoughTheLogHasTrimmedIt() throws Exception {
        RedisNode node = join(THREE);
        NewEvent full = new NewEvent("b ü", "kind", "\uD83D\uDE00\u0000\r\n\"");
        publish(node, "a", "a");
        EventId id = node.stream().publish(List.of(full)).await();
        publish(node, "c", "d", "d", "d");
        assertEquals("3", redis.run("xlen", "sluice:{events}:log"));
        RedisNode late = join(THREE);
        assertEquals(List.of("2 a", "3 b ü", "4 c"), latest(late));
        assertEquals(latest(node), latest(late));
        Event event = newest(late, "b ü");
        assertEquals(newest(node, "b ü"), event);
        assertEquals(
                List.of(id, full.data(), "kind", false),
                List.of(event.id(), event.data(), Objects.requireNonNull(event.type()), event.forget()));
        publish(node, "a");
        late.await(() -> latest(late).equals(List.of("3 b ü", "4 c")));
    }

    @Test
    void aForgottenTopicLeavesNothing() {
        RedisNode node = join(THREE);
        publish(node, "a", "b");
        EventId last = forget(node, "a");
        RedisNode early = join(THREE);
        assertTrue(newest(early, "a").forget());
        assertEquals(last, newest(early, "a").id());
        publish(node, "c", "c", "c");
        assertEquals(List.of("2 b"), latest(node));
        assertEquals(List.of("2 b"), latest(join(THREE)));
        publish(node, "a", "c", "c", "c");
        assertEquals(List.of("2 b", "7 a"), latest(join(THREE)));
    }

    @Test
    void ofTooManyTopicsThoseThatWereSilentLongestGo() throws Exception {
        History two = History.of(1, null, null, 2);
        RedisNode node = join(two);
        publish(node, "a", "b", "c", "a", "d");
        assertEquals(List.of("4 a"), latest(node));
        assertEquals(List.of("4 a"), latest(join(two)));
        assertEquals("2", redis.run("hlen", LATEST));
        assertEquals("2", redis.run("zcard", TOPICS));
    }

    @Test
    void whatWasTooOldIsThereThoughTheLogIsEmpty() throws Exception {
        History brief = History.of(null, Duration.ofMillis(100), null, 10);
        RedisNode node = join(brief);
        publish(node, "a", "b", "a");
        node.await(() -> node.journal().tail() > 3);
        RedisNode late = join(brief);
        assertEquals(List.of("2 b", "3 a"), latest(late));
        assertEquals(4, publish(late, "b").n());
        late.await(() -> latest(late).equals(List.of("3 a", "4 b")));
    }

    /** Eight megabytes are several pages; a page of the log's stream was never more than one. */
    @Test
    void manyLargeEventsAreReadInPages() {
        History one = History.of(1, null, null, 1000);
        RedisNode node = join(one);
        String large = "x".repeat(100_000);
        List<NewEvent> events = IntStream.range(0, 80)
                .mapToObj(i -> new NewEvent("t" + i, null, large))
                .toList();
        node.stream().publish(events).await();
        publish(node, IntStream.range(80, 900).mapToObj(i -> "t" + i).toArray(String[]::new));
        List<String> found = latest(join(one));
        assertEquals(899, found.size());
        assertEquals("1 t0", found.get(0));
        assertEquals("899 t898", found.get(898));
    }

    // ---- a node that comes back

    @Test
    void aNodeThatWasAwayWhileTheLogWasTrimmedHasWhatIsLeft() throws Exception {
        RedisNode node = join(THREE);
        publish(node, "a", "b");
        try (RedisGate gate = new RedisGate(redis.port())) {
            RedisNode away = add(RedisNode.open(gate.uri(), THREE));
            gate.shut();
            away.awaitFollowing(false);
            publish(node, "b", "c", "d", "e", "e", "e");
            forget(node, "d");
            gate.open();
            away.await(() -> away.head().equals(node.head()));
            assertEquals(List.of("1 a", "3 b", "4 c"), latest(away));
            assertEquals(node.events(), away.events());
        }
    }

    /** No event comes that would tell it of the hole. */
    @Test
    void aNodeThatWasAwayWhileAllBecameTooOldHasWhatIsLeft() throws Exception {
        History brief = History.of(null, Duration.ofMillis(300), null, 10);
        RedisNode node = join(brief);
        try (RedisGate gate = new RedisGate(redis.port())) {
            RedisNode away = add(RedisNode.open(gate.uri(), brief));
            gate.shut();
            away.awaitFollowing(false);
            publish(node, "a", "b");
            node.await(() -> node.journal().tail() > 2);
            // As each node has it do from time to time.
            redis.run("xtrim", "sluice:{events}:log", "maxlen", "0");
            gate.open();
            away.await(() -> latest(away).equals(List.of("1 a", "2 b")));
        }
    }

    // ---- what Redis has lost, and what it has not

    @Test
    void aRestartOfRedisKeepsThemUnderTheirIds() throws Exception {
        RedisNode node = join(THREE);
        EventId a = publish(node, "a");
        publish(node, "b", "c", "c", "c");
        redis.kill();
        redis.startAgain();
        node.awaitFollowing(true);
        node.await(() -> isTaken(node, "d"));
        RedisNode late = join(THREE);
        assertEquals(List.of("1 a", "2 b"), latest(late));
        assertEquals(a, newest(late, "a").id());
        assertNotEquals(a.epoch(), newest(late, "d").id().epoch());
    }

    private static boolean isTaken(RedisNode node, String topic) {
        try {
            publish(node, topic);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Test
    void anOlderSnapshotHasThoseOfItsTime() throws Exception {
        redis.close();
        redis = RedisServer.start(Files.createDirectory(directory.resolve("snapshots")));
        RedisNode node = join(THREE);
        publish(node, "a", "b", "c", "c", "c");
        redis.save();
        EventId lost = publish(node, "a", "z", "d", "d", "d");
        assertEquals(List.of("2 b", "5 c", "6 a", "7 z"), latest(node));
        node.close();
        nodes.clear();
        redis.kill();
        redis.startAgain();
        RedisNode late = join(THREE);
        assertEquals(List.of("1 a", "2 b"), latest(late));
        publish(late, "e", "e", "e");
        assertEquals(List.of("1 a", "2 b", "5 c"), latest(join(THREE)));
        assertFalse(late.knows(lost));
    }

    @Test
    void theyOutliveTheNamesOfTheirEpochs() throws Exception {
        RedisNode node = join(THREE);
        EventId first = publish(node, "a");
        for (int i = 0; i < 20; i++) {
            redis.run("hset", STATE, "run", "another");
            publish(node, "b");
        }
        RedisNode late = join(THREE);
        assertEquals(List.of("1 a"), latest(late));
        assertEquals(first, newest(late, "a").id());
        assertFalse(late.knows(first));
    }

    /** Each restart is an epoch, of which the log names sixteen. */
    @Test
    void aLogInWhichNothingHappensKeepsThemHoweverOftenRedisRestarts() throws Exception {
        RedisNode node = join(THREE);
        EventId first = publish(node, "a");
        node.submit("key", "x");
        publish(node, "c", "c", "c");
        for (int i = 0; i < 20; i++) {
            redis.run("hset", STATE, "run", "another");
            node.submit("key", "x");
        }
        RedisNode late = join(THREE);
        assertEquals(List.of("1 a", "2 t"), latest(late));
        assertTrue(late.knows(first));
    }

    @Test
    void aLogThatIsDeletedHasNothingLeft() throws Exception {
        RedisNode node = join(THREE);
        publish(node, "a", "b", "b", "b", "b");
        redis.run("del", "sluice:{events}:log");
        publish(node, "c");
        assertEquals(List.of(), latest(join(THREE)));
        publish(node, "d", "d", "d");
        assertEquals(List.of("7 c"), latest(join(THREE)));
        assertEquals(List.of("7 c"), latest(node));
        assertEquals("2", redis.run("hlen", LATEST));
    }

    // ---- the setting

    @Test
    void withoutItNothingMoreIsStored() throws Exception {
        RedisNode node = join(History.of(3, null, null));
        publish(node, "a", "b", "b", "b");
        forget(node, "c");
        assertEquals(Set.of("epochs", "n", "run"), new TreeSet<>(lines("hkeys", STATE)));
        assertEquals("0", redis.run("exists", LATEST, TOPICS));
        assertFalse(redis.run("xrange", "sluice:{events}:log", "4-0", "4-0").contains("forget"));
        assertEquals(List.of(), latest(join(History.of(3, null, null))));
    }

    private List<String> lines(String... command) throws Exception {
        return redis.run(command).lines().toList();
    }

    /** What was published in between may have replaced them. */
    @Test
    void whatWasKeptBeforeItWasSwitchedOffIsGone() throws Exception {
        publish(join(THREE), "a", "b", "b", "b");
        closeAll();
        RedisNode without = join(History.of(3, null, null));
        publish(without, "a", "b", "b", "b");
        assertEquals("0", redis.run("exists", LATEST, TOPICS));
        closeAll();
        publish(join(THREE), "c", "b", "b", "b");
        RedisNode last = join(THREE);
        assertEquals(List.of("9 c"), latest(last));
        assertEquals(8, last.stream().journal().lacking());
    }

    @Test
    void aLogThatHasAllThatItHadWhenItWasSwitchedOnLacksNothing() throws Exception {
        publish(join(History.of(3, null, null)), "a", "b");
        closeAll();
        publish(join(THREE), "c");
        assertEquals(0, join(THREE).stream().journal().lacking());
    }

    private void closeAll() throws Exception {
        nodes.forEach(RedisNode::close);
        nodes.clear();
        redis.run("del", "sluice:{events}:history");
    }

    @Test
    void aNodeWithAnotherSettingIsRefused() {
        join(THREE);
        InvalidOptionException refused =
                assertThrows(InvalidOptionException.class, () -> join(History.of(3, null, null)));
        assertEquals(
                "history: 3 events, age 3600s: expected 3 events, age 3600s, latest 10, as the nodes have it that use this Redis",
                refused.getMessage());
    }

    @Test
    void aBatchHasTheNewestOfItsOwn() throws Exception {
        RedisNode node = join(THREE);
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < Batch.MAX_EVENTS; i++) {
            events.add(new NewEvent("t" + i % 4, null, Bytes.of("x"), i == 9997));
        }
        node.stream().publish(events).await();
        publish(node, "x", "x", "x");
        assertEquals(List.of("9997 t0", "9999 t2", "10000 t3"), latest(node));
        assertEquals(latest(node), latest(join(THREE)));
    }
}
