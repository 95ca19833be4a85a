package io.sluice.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Bytes;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.process.RedisServer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Redis user without the dangerous commands, among them INFO: a node cannot ask for the run id, nor whether keys are evicted. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class RedisUserTest {

    private static final String[] USER = "--user app on >secret ~sluice:* +@all -@dangerous".split(" ", -1);

    private RedisServer redis;
    private final List<RedisNode> nodes = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        redis = RedisServer.start(directory, USER);
    }

    @AfterEach
    void stop() {
        nodes.forEach(RedisNode::close);
        redis.close();
    }

    private RedisNode open() {
        RedisNode node = RedisNode.open(uri());
        nodes.add(node);
        return node;
    }

    private String uri() {
        return "redis://app:secret@127.0.0.1:" + redis.port();
    }

    /** The start failed. */
    @Test
    void startsAndPublishesAndWarnsOnce() throws Exception {
        try (CapturedOutput output = new CapturedOutput()) {
            RedisNode node = open();
            node.publish("a");
            assertEquals(List.of("1 a"), node.awaitNewest("1 a").events());
            assertEquals(2, output.text().split("WARN", -1).length, output.text());
            output.await("Redis at 127.0.0.1:" + redis.port()
                    + " refuses INFO to its user \\(NOPERM .*\\): make sure that its"
                    + " maxmemory-policy is noeviction");
        }
    }

    @Test
    void aRestartIsOneEpochHoweverManyNodesNoticeAndOldIdsAreKnown() throws Exception {
        RedisNode node = open();
        RedisNode other = open();
        EventId old = node.publish("a");
        redis.save();
        redis.kill();
        redis.startAgain();
        EventId next = untilTaken(node, "b");
        assertEquals(2, next.n());
        assertNotEquals(old.epoch(), next.epoch());
        other.awaitNewest("2 b").awaitFollowing(true);
        assertTrue(other.knows(old));
        assertTrue(open().knows(old));
        assertEquals(2, Epochs.parse(state("epochs")).list().size());
    }

    @Test
    void eventsThatAnOlderSnapshotLacksAreUnknownEvenIfNoNodeHasSeenIt() throws Exception {
        EventId kept = open().publish("a", "b");
        redis.save();
        EventId lost = open().publish("c", "d");
        nodes.forEach(RedisNode::close);
        nodes.clear();
        redis.kill();
        redis.startAgain();
        RedisNode late = open();
        assertEquals(3, late.publish("other").n());
        assertTrue(late.knows(kept));
        assertFalse(late.knows(lost.at(3)));
    }

    @Test
    void theNewestOfEachTopicNeedsNoOtherRight() {
        History history = History.of(1, null, null, 1);
        RedisNode node = RedisNode.open(uri(), history);
        nodes.add(node);
        NewEvent last = new NewEvent("b", null, Bytes.of(""), true);
        node.stream().publish(new NewEvent("a", null, "x")).await();
        node.stream().publish(new NewEvent("b", null, "x")).await();
        node.stream().publish(List.of(last)).await();
        node.publish("t", "t");
        RedisNode late = RedisNode.open(uri(), history);
        nodes.add(late);
        assertNull(late.journal().latestAfter(0));
        assertEquals(List.of("5 t"), late.events());
    }

    @Test
    void anEmptiedRedisBeginsAnew() throws Exception {
        RedisNode node = open();
        EventId old = node.publish("a", "b");
        redis.run("flushall");
        EventId next = untilTaken(node, "c");
        assertEquals(1, next.n());
        assertEquals(List.of("1 c"), node.awaitNewest("1 c").events());
        assertFalse(node.knows(old));
    }

    @Test
    void aLostConnectionBeginsNoEpoch() throws Exception {
        RedisNode node = open();
        EventId old = node.publish("a");
        redis.run("client", "kill", "type", "normal");
        EventId next = untilTaken(node, "b");
        assertEquals(old.epoch(), next.epoch());
    }

    /** The connection was left open, and was opened again for ever. */
    @Test
    void aConnectThatFailsLeavesNoConnectionOpen() throws Exception {
        Vertx vertx = Vertx.vertx();
        BlockingQueue<NetSocket> connections = new LinkedBlockingQueue<>();
        AtomicInteger open = new AtomicInteger();
        NetServer server = vertx.createNetServer()
                .connectHandler(socket -> {
                    connections.add(socket);
                    open.incrementAndGet();
                    socket.closeHandler(v -> open.decrementAndGet());
                    socket.handler(command -> answer(socket, command));
                })
                .listen(0, "127.0.0.1")
                .await();
        RedisUri uri = new RedisUri("redis://127.0.0.1:" + server.actualPort());
        InvalidOptionException failure =
                assertThrows(InvalidOptionException.class, () -> RedisClient.connect(vertx, uri)
                        .await());
        assertTrue(String.valueOf(failure.getMessage()).contains("a Redis that can be used"), failure.toString());
        for (int late = connections.size(); connections.poll(1, TimeUnit.SECONDS) != null; late--) {
            assertTrue(late >= 0, "it connects again and again");
        }
        assertEquals(0, open.get());
        vertx.close().await();
    }

    /** Hangs up at INFO. */
    private static void answer(NetSocket socket, Buffer command) {
        if (command.toString().contains("info")) {
            socket.close();
        } else {
            socket.write("+PONG\r\n");
        }
    }

    private String state(String field) throws Exception {
        return redis.run("hget", "sluice:{events}:state", field);
    }

    private static EventId untilTaken(RedisNode node, String data) throws Exception {
        List<EventId> taken = new ArrayList<>();
        node.await(() -> {
            try {
                return taken.add(node.publish(data));
            } catch (NotTakenException e) {
                return false;
            }
        });
        return taken.get(0);
    }
}
