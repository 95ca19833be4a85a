package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.cluster.ClusterTraffic;
import io.sluice.testing.cluster.NamedTraffic;
import io.sluice.testing.cluster.RedisNodes;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.RedisServer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that only a Redis connects, as a load balancer has behind it: the promise of a declared stream, and of streams by name beside
 * it, while Redis and nodes come and go.
 */
@Timeout(180)
// JUnit sets the directory, each test the Redis.
@SuppressWarnings("NullAway.Init")
class RedisIT {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration START = Duration.ofSeconds(60);
    private static final int NAMED = 6;

    @TempDir
    private Path directory;

    private RedisServer redis;

    @AfterEach
    void stopRedis() {
        redis.close();
    }

    // ---- Redis goes and comes back

    @Test
    void redisIsRestartedUnderLoad() throws Exception {
        redis = RedisServer.startDurable(directory);
        try (RedisNodes nodes = RedisNodes.start(directory, redis);
                ClusterTraffic traffic = ClusterTraffic.begin(nodes, "restart")) {
            traffic.awaitProgress();
            traffic.ledger().expectEpochs();
            redis.stop();
            for (NodeProcess node : nodes.nodes()) {
                node.awaitLine("Redis at .* is away");
                assertEquals(503, get(node, "/health/ready").statusCode());
                assertEquals(200, get(node, "/health/live").statusCode());
                HttpResponse<String> refused = post(node, "refused");
                assertEquals(503, refused.statusCode());
                assertEquals(
                        "Redis at 127.0.0.1:" + redis.port() + " is away; try again",
                        new JsonObject(refused.body()).getString("detail"));
            }
            redis.startAgain();
            for (NodeProcess node : nodes.nodes()) {
                node.awaitLine("Redis at .* is back, after");
                assertEquals(200, get(node, "/health/ready").statusCode());
            }
            traffic.awaitProgress();
            traffic.assertPromise();
            for (NodeProcess node : nodes.nodes()) {
                assertEquals(1, lines(node, "is away, nothing can be published").size());
                assertEquals(1, lines(node, "is back, after").size());
            }
        }
    }

    /** Everything that it has acknowledged is on its disk. */
    @Test
    void redisIsKilledUnderLoadAndNothingIsLost() throws Exception {
        redis = RedisServer.startDurable(directory);
        try (RedisNodes nodes = RedisNodes.start(directory, redis);
                ClusterTraffic traffic = ClusterTraffic.begin(nodes, "kill");
                NamedTraffic named = NamedTraffic.begin(nodes, "kill", NAMED)) {
            traffic.ledger().expectEpochs();
            named.expectEpochs();
            for (int i = 1; i <= 3; i++) {
                traffic.awaitProgress();
                named.awaitProgress();
                redis.kill();
                redis.startAgain();
                for (NodeProcess node : nodes.nodes()) {
                    node.awaitLine("Redis at .* is back, after", i);
                }
            }
            traffic.awaitProgress();
            named.awaitProgress();
            traffic.assertPromise();
            named.assertPromise();
        }
    }

    // ---- nodes go and come back

    @Test
    void aNodeDiesAndTheSingletonGoesOver() throws Exception {
        redis = RedisServer.startDurable(directory);
        try (RedisNodes nodes = RedisNodes.start(directory, redis);
                ClusterTraffic traffic = ClusterTraffic.begin(nodes, "node");
                NamedTraffic named = NamedTraffic.begin(nodes, "node", NAMED)) {
            traffic.awaitProgress();
            named.awaitProgress();
            NodeProcess ticking = nodes.ticking();
            nodes.kill(ticking);
            Instant killed = Instant.now();
            traffic.awaitProgress();
            nodes.nodes().get(0).awaitLine("TickProducer runs at this node now");
            NodeProcess joined = nodes.join();
            traffic.comeBackTo(joined);
            named.comeBackTo(joined);
            traffic.awaitProgress();
            named.awaitProgress();
            traffic.assertPromise();
            named.assertPromise();
            assertTrue(
                    traffic.ledger().ticks().stream().anyMatch(tick -> tick.isAfter(killed.plusSeconds(2))),
                    "it ticks at the other one");
        }
    }

    @Test
    void theHistoryOutlivesAllNodesAndAKeyTheRestartOfRedisToo() throws Exception {
        redis = RedisServer.startDurable(directory);
        try (RedisNodes nodes = RedisNodes.start(directory, redis)) {
            String first = id(post(nodes.anyNode(), "before", "k"));
            nodes.stopAll();
            redis.stop();
            redis.startAgain();
            NodeProcess node = nodes.join();
            assertEquals(first, id(post(node, "before", "k")));
            assertEquals(422, post(node, "something else", "k").statusCode());
            String second = id(post(node, "after", "l"));
            List<SseBlock> heard = resume(node, first, block -> second.equals(block.id()));
            assertTrue(heard.stream().noneMatch(block -> "gap".equals(block.event())), heard.toString());
            assertEquals(
                    heard.size(),
                    Long.parseLong(second.split("-", -1)[1]) - Long.parseLong(first.split("-", -1)[1]),
                    "each event between the two, ticks too, once");
        }
    }

    /** A stream by name, its end, and the mark of one that was deleted. */
    @Test
    void streamsByNameOutliveAllNodesAndTheRestartOfRedis() throws Exception {
        redis = RedisServer.startDurable(directory);
        try (RedisNodes nodes = RedisNodes.start(directory, redis)) {
            String first = id(send(nodes.anyNode(), "POST", "/chat/answer", "one"));
            String last = id(send(nodes.anyNode(), "POST", "/chat/answer?end=true", "two"));
            id(send(nodes.anyNode(), "POST", "/chat/deleted", "x"));
            assertEquals(
                    204, send(nodes.anyNode(), "DELETE", "/chat/deleted", "").statusCode());
            nodes.stopAll();
            redis.stop();
            redis.startAgain();
            NodeProcess node = nodes.join();
            assertEquals(List.of("one", "two", "{\"reason\":\"end\"}"), data(node, "/chat/answer"));
            assertEquals(List.of("two", "{\"reason\":\"end\"}"), data(node, "/chat/answer?lastEventId=" + first));
            assertEquals(204, get(node, "/chat/answer?lastEventId=" + last).statusCode());
            assertEquals(409, send(node, "POST", "/chat/answer", "three").statusCode());
            assertEquals(404, get(node, "/chat/deleted").statusCode());
        }
    }

    private static HttpResponse<String> send(NodeProcess node, String method, String path, String body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + path))
                .header("Content-Type", "text/plain")
                .method(method, BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    /** What a stream that has ended tells. */
    private static List<String> data(NodeProcess node, String path) throws Exception {
        try (Subscriber subscriber = Subscriber.open(node.url() + path)) {
            return hear(subscriber, block -> "close".equals(block.event())).stream()
                    .map(SseBlock::data)
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    // ---- Redis has lost something

    @Test
    void subscribersAreToldAGapWhereAnOlderSnapshotWasFilledUpByAFreshNode() throws Exception {
        redis = RedisServer.start(directory);
        String configuration = """
                { "http": { "host": "127.0.0.1", "port": 0 }, "streams": { "events": { "lifetime": "0s", "log": "redis" } },
                  "publish": { "enabled": true, "anonymous": true }, "redis": { "uri": "%s" } }
                """.formatted(redis.uri());
        try (NodeProcess old = NodeProcess.start("-conf", configuration)) {
            id(post(old, "a"));
            String kept = id(post(old, "b"));
            redis.save();
            String lost = id(post(old, "c"));
            try (Subscriber subscriber = Subscriber.open(old.url() + "/events?replay=all")) {
                hear(subscriber, block -> lost.equals(block.id()));
                redis.kill();
                redis.startAgain();
                old.awaitLine("Redis at .* is back, after");
                try (NodeProcess fresh = NodeProcess.start("-conf", configuration)) {
                    fresh.awaitStart();
                    List<String> ids = List.of(id(post(fresh, "x")), id(post(fresh, "y")), id(post(fresh, "z")));
                    List<SseBlock> told = hear(subscriber, block -> ids.get(2).equals(block.id()));
                    assertEquals("gap", told.get(0).event());
                    assertEquals(
                            List.of("x", "y", "z"),
                            told.stream()
                                    .filter(SseBlock::isMessage)
                                    .map(SseBlock::data)
                                    .toList());
                    for (NodeProcess node : List.of(old, fresh)) {
                        List<SseBlock> exact =
                                resume(node, kept, block -> ids.get(2).equals(block.id()));
                        assertEquals(
                                ids,
                                exact.stream().map(SseBlock::id).toList(),
                                "who has what is kept goes on without a gap");
                        List<SseBlock> gap =
                                resume(node, lost, block -> ids.get(2).equals(block.id()));
                        assertEquals("gap", gap.get(0).event());
                        assertTrue(gap.stream().noneMatch(block -> lost.equals(block.id()) && block.isMessage()));
                    }
                }
            }
        }
    }

    // ---- what keeps a node from starting

    @Test
    void aNodeWithAnotherHistoryIsRefused() throws Exception {
        redis = RedisServer.start(directory);
        try (RedisNodes nodes = RedisNodes.start(directory, redis)) {
            Path other = Files.writeString(directory.resolve("other.json"), RedisNodes.configuration(redis.uri(), 10));
            assertRefused(
                    other,
                    "streams.events.history: 10 events, age 3600s: expected 100000 events, age 3600s, as the nodes have it"
                            + " that use this Redis");
            assertEquals(2, nodes.nodes().size());
        }
    }

    @Test
    void aRedisThatCannotBeUsedIsOneLineWithoutThePassword() throws Exception {
        redis = RedisServer.start(directory, "--requirepass", "right");
        String address = "127.0.0.1:" + redis.port();
        assertUnusable("redis://" + address, "redis://" + address, "NOAUTH .*");
        assertUnusable("redis://:wrong@" + address, "redis://\\*\\*\\*@" + address, "WRONGPASS .*");
        int nobody = FreePorts.inARow(1);
        assertUnusable(
                "redis://127.0.0.1:" + nobody,
                "redis://127.0.0.1:" + nobody,
                "Connection refused: /127.0.0.1:" + nobody);
    }

    private void assertUnusable(String uri, String shown, String why) throws Exception {
        Path file = Files.writeString(directory.resolve("node.json"), RedisNodes.configuration(uri, 10));
        try (NodeProcess node = NodeProcess.start("-conf", file.toString())) {
            assertNotEquals(0, node.awaitExit(START));
            assertEquals(List.of(), node.out());
            assertEquals(1, node.err().size(), node.err().toString());
            String expected =
                    "sluice: " + file + ": redis\\.uri: \"" + shown + "\": expected a Redis that can be used: " + why;
            assertTrue(node.err().get(0).matches(expected), node.err().get(0));
        }
    }

    private static void assertRefused(Path file, String line) throws Exception {
        try (NodeProcess node = NodeProcess.start("-conf", file.toString())) {
            assertNotEquals(0, node.awaitExit(START));
            assertEquals(List.of("sluice: " + file + ": " + line), node.err());
            assertEquals(List.of(), node.out());
        }
    }

    // ---- the shipped file

    @Test
    void theShippedFileStartsANodeThatTicksIntoRedis() throws Exception {
        redis = RedisServer.start(directory, "--requirepass", "secret");
        String shipped = Files.readString(Path.of("conf", "redis.json"));
        String own = shipped.replace("redis://127.0.0.1:6379", "redis://:secret@127.0.0.1:" + redis.port())
                .replace("\"port\": 8080", "\"port\": 0");
        Path file = Files.writeString(directory.resolve("redis.json"), own);
        try (NodeProcess node = NodeProcess.start("-conf", file.toString())) {
            node.awaitLine("from ticks; lifetime 10s; in Redis\\)");
            try (Subscriber subscriber = Subscriber.open(node.url() + "/events")) {
                hear(subscriber, SseBlock::isMessage);
            }
        }
    }

    // ---- helpers

    private static HttpResponse<String> get(NodeProcess node, String path) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(node.url() + path)).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(NodeProcess node, String data) throws Exception {
        return CLIENT.send(request(node, data).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(NodeProcess node, String data, String key) throws Exception {
        return CLIENT.send(request(node, data).header("Idempotency-Key", key).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(NodeProcess node, String data) throws InterruptedException {
        return HttpRequest.newBuilder(URI.create(node.url() + "/events"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(data));
    }

    private static String id(HttpResponse<String> receipt) {
        assertEquals(201, receipt.statusCode(), receipt.body());
        return new JsonObject(receipt.body()).getString("id");
    }

    private static List<SseBlock> resume(NodeProcess node, String id, Predicate<SseBlock> last) throws Exception {
        try (Subscriber subscriber = Subscriber.open(node.url() + "/events?lastEventId=" + id)) {
            return hear(subscriber, last);
        }
    }

    private static List<SseBlock> hear(Subscriber subscriber, Predicate<SseBlock> last) throws Exception {
        List<SseBlock> heard = new ArrayList<>();
        do {
            heard.add(Objects.requireNonNull(subscriber.next(), "the stream has ended"));
        } while (!last.test(heard.get(heard.size() - 1)));
        return heard;
    }

    private static List<String> lines(NodeProcess node, String part) {
        return node.out().stream().filter(line -> line.contains(part)).toList();
    }
}
