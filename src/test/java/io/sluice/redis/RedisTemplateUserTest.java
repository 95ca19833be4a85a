package io.sluice.redis;

import static io.sluice.redis.RedisTemplateNode.awaitEvents;
import static io.sluice.redis.RedisTemplateNode.awaitState;
import static io.sluice.redis.RedisTemplateNode.events;
import static io.sluice.redis.RedisTemplateNode.knows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.log.NamedStream;
import io.sluice.log.NotTakenException;
import io.sluice.stream.TemplateOptions;
import io.sluice.testing.Await;
import io.sluice.testing.process.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams by name, and a Redis user without the dangerous commands. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class RedisTemplateUserTest {

    private static final String[] USER = "--user app on >secret ~sluice:* +@all -@dangerous".split(" ", -1);

    private RedisServer redis;
    private final List<RedisTemplateNode> nodes = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        redis = RedisServer.start(directory, USER);
    }

    @AfterEach
    void stop() {
        nodes.forEach(RedisTemplateNode::close);
        redis.close();
    }

    private RedisTemplateNode open(TemplateOptions options) {
        RedisTemplateNode node = RedisTemplateNode.open("redis://app:secret@127.0.0.1:" + redis.port(), options);
        nodes.add(node);
        return node;
    }

    @Test
    void streamsComeEndAndGo() throws Exception {
        RedisTemplateNode node = open(TemplateOptions.DEFAULT.withKeep(Duration.ofMillis(300)));
        RedisTemplateNode other = open(TemplateOptions.DEFAULT);
        NamedStream stream = other.watch("a");
        node.publish("a", "x");
        awaitEvents(stream, "1 x");
        node.publish("b", "x");
        assertEquals(2, node.chats().list(null, 10).await().size());
        assertTrue(node.chats().delete("b").await());
        node.submit("a", null, true, "y");
        awaitState(stream, Journal.State.DELETED);
        assertEquals(List.of("1 x", "2 y"), events(stream));
    }

    @Test
    void aRestartIsOneEpochAndWhatIsLostIsUnknown() throws Exception {
        RedisTemplateNode node = open(TemplateOptions.DEFAULT);
        NamedStream here = node.watch("a");
        NamedStream there = open(TemplateOptions.DEFAULT).watch("a");
        EventId kept = node.publish("a", "1");
        redis.save();
        EventId lost = node.publish("a", "2");
        awaitEvents(there, "1 1", "2 2");
        redis.kill();
        redis.startAgain();
        EventId next = untilTaken(node, "other");
        assertEquals(2, next.n());
        assertNotEquals(kept.epoch(), next.epoch());
        for (NamedStream stream : List.of(here, there)) {
            awaitEvents(stream, "1 1", "2 other");
            assertTrue(knows(stream, kept));
            assertFalse(knows(stream, lost));
        }
        String epochs = redis.run("hget", "sluice:{chat/*}:state:a", "epochs");
        assertEquals(3, epochs.split(" ", -1).length, epochs);
    }

    private static EventId untilTaken(RedisTemplateNode node, String data) throws Exception {
        List<EventId> taken = new ArrayList<>();
        Await.await("it is taken", () -> {
            try {
                return taken.add(node.publish("a", data));
            } catch (NotTakenException e) {
                return false;
            }
        });
        return taken.get(0);
    }
}
