package io.sluice.redis;

import static io.sluice.redis.RedisTemplateNode.awaitState;
import static io.sluice.redis.RedisTemplateNode.events;
import static io.sluice.redis.RedisTemplateNode.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.Bytes;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.NamedStream;
import io.sluice.log.NewEvent;
import io.sluice.stream.TemplateOptions;
import io.sluice.testing.Await;
import io.sluice.testing.network.RedisGate;
import io.sluice.testing.process.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The newest event of each topic of a stream by name is in Redis though the stream's log does not have it any more. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class RedisTemplateLatestTest {

    private static final TemplateOptions THREE = TemplateOptions.DEFAULT.withHistory(History.of(3, null, null, 10));

    private RedisServer redis;
    private RedisTemplateNode node;
    private final List<RedisTemplateNode> others = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        redis = RedisServer.startDurable(directory);
        node = RedisTemplateNode.open(redis.uri(), THREE);
    }

    @AfterEach
    void stop() {
        others.forEach(RedisTemplateNode::close);
        node.close();
        redis.close();
    }

    private RedisTemplateNode join(String uri, TemplateOptions options) {
        RedisTemplateNode joined = RedisTemplateNode.open(uri, options);
        others.add(joined);
        return joined;
    }

    private RedisTemplateNode join() {
        return join(redis.uri(), THREE);
    }

    private EventId publish(String stream, String... topics) {
        List<NewEvent> events = Arrays.stream(topics)
                .map(topic -> new NewEvent(topic, null, "x"))
                .toList();
        return node.chats().publish(stream, new Batch(events, null)).await().last();
    }

    private void forget(String stream, String topic) {
        node.chats()
                .publish(stream, new NewEvent(topic, null, Bytes.of(""), true))
                .await();
    }

    /** What the journal keeps beyond the history, as {@code n topic}. */
    private static List<String> latest(NamedStream stream) {
        List<String> found = new ArrayList<>();
        Journal.Entry entry = stream.journal().latestAfter(0);
        while (entry != null) {
            found.add(entry.event().n() + " " + entry.event().topic());
            entry = stream.journal().latestAfter(entry.position());
        }
        return found;
    }

    private static void awaitLatest(NamedStream stream, String... expected) throws Exception {
        Await.await(Arrays.toString(expected), () -> latest(stream).equals(List.of(expected)));
    }

    @Test
    void whoComesHasTheNewestOfEachTopicOfTheStream() throws Exception {
        NamedStream live = join().watch("a");
        publish("a", "a", "a", "b", "c", "d", "d", "d");
        publish("b", "a", "z", "z", "z");
        NamedStream here = node.watch("a");
        awaitLatest(live, "2 a", "3 b", "4 c");
        awaitLatest(here, "2 a", "3 b", "4 c");
        assertEquals(List.of("1 a"), latest(node.watch("b")));
        publish("a", "b");
        awaitLatest(live, "2 a", "4 c");
    }

    @Test
    void aForgottenTopicLeavesNothingAndItsLastEventSaysSo() throws Exception {
        NamedStream live = join().watch("a");
        publish("a", "a", "b");
        forget("a", "a");
        NamedStream loaded = node.watch("a");
        for (NamedStream stream : List.of(live, loaded)) {
            Await.await("it is forgotten", () -> isForgotten(stream, "a"));
        }
        publish("a", "c", "c", "c");
        awaitLatest(live, "2 b");
        awaitLatest(join().watch("a"), "2 b");
    }

    private static boolean isForgotten(NamedStream stream, String topic) {
        Journal.Entry entry = stream.journal().newest(topic);
        return entry != null && entry.event().forget();
    }

    @Test
    void ofTooManyTopicsThoseThatWereSilentLongestGo() throws Exception {
        node.close();
        redis.run("del", "sluice:{chat/*}:history");
        TemplateOptions two = THREE.withHistory(History.of(1, null, null, 2));
        node = RedisTemplateNode.open(redis.uri(), two);
        publish("a", "a", "b", "c", "a", "d");
        assertEquals(List.of("4 a"), latest(node.watch("a")));
        assertEquals("2", redis.run("hlen", "sluice:{chat/*}:latest:a"));
        assertEquals("2", redis.run("zcard", "sluice:{chat/*}:topics:a"));
    }

    @Test
    void aNodeThatWasAwayWhileTheStreamWasTrimmedHasWhatIsLeft() throws Exception {
        publish("a", "a", "b");
        try (RedisGate gate = new RedisGate(redis.port())) {
            RedisTemplateNode away = join(gate.uri(), THREE);
            NamedStream stream = away.watch("a");
            gate.shut();
            away.awaitFollowing(false);
            publish("a", "b", "c", "d", "e", "e", "e");
            forget("a", "d");
            gate.open();
            awaitLatest(stream, "1 a", "3 b", "4 c");
            assertEquals(9, head(stream).n());
            assertEquals(3, events(stream).size());
        }
    }

    @Test
    void aRestartOfRedisKeepsThemUnderTheirIds() throws Exception {
        EventId first = publish("a", "a");
        publish("a", "b", "c", "c", "c");
        redis.kill();
        redis.startAgain();
        RedisTemplateNode late = join();
        NamedStream stream = late.watch("a");
        assertEquals(List.of("1 a", "2 b"), latest(stream));
        assertEquals(
                first,
                Objects.requireNonNull(stream.journal().newest("a")).event().id());
    }

    @Test
    void theyGoWithTheirStream() throws Exception {
        publish("a", "a", "b", "b", "b");
        NamedStream stream = node.watch("a");
        assertEquals("1", redis.run("exists", "sluice:{chat/*}:latest:a"));
        assertTrue(node.chats().delete("a").await());
        awaitState(stream, Journal.State.DELETED);
        assertEquals("0", redis.run("exists", "sluice:{chat/*}:latest:a", "sluice:{chat/*}:topics:a"));
        publish("a", "c", "c", "c", "c");
        assertEquals(List.of(), latest(join().watch("a")));
    }

    @Test
    void theyGoWithAStreamWhoseTimeIsOver() throws Exception {
        RedisTemplateNode brief = join(redis.uri(), THREE.withIdle(Duration.ofMillis(100)));
        brief.chats().publish("a", new NewEvent("a", null, "x")).await();
        Await.await("it has gone", () -> redis.run("exists", "sluice:{chat/*}:state:a", "sluice:{chat/*}:latest:a")
                .equals("0"));
        assertEquals("0", redis.run("exists", "sluice:{chat/*}:topics:a"));
    }

    @Test
    void aStreamThatHasEndedKeepsThem() throws Exception {
        publish("a", "a", "b", "b", "b");
        node.submit("a", null, true, "last");
        NamedStream stream = join().watch("a");
        awaitState(stream, Journal.State.ENDED);
        assertEquals(List.of("1 a"), latest(stream));
    }

    @Test
    void withoutItNothingMoreIsStored() throws Exception {
        node.close();
        redis.run("del", "sluice:{chat/*}:history");
        node = RedisTemplateNode.open(redis.uri(), TemplateOptions.DEFAULT);
        publish("a", "a", "b");
        forget("a", "a");
        assertEquals("0", redis.run("exists", "sluice:{chat/*}:latest:a", "sluice:{chat/*}:topics:a"));
        assertEquals("0", redis.run("hexists", "sluice:{chat/*}:state:a", "kept"));
    }
}
