package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.cluster.ClusterTraffic;
import io.sluice.testing.cluster.NamedTraffic;
import io.sluice.testing.cluster.NodeCluster;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The promise of each of many named streams, beside a declared one, while nodes of a cluster die and come. */
@Tag("alone")
@Timeout(120)
// The last test leaves two nodes.
@TestMethodOrder(OrderAnnotation.class)
class NamedStreamsClusterIT {

    private static final int SHARDS = 4;
    private static final int STREAMS = 12;
    // More commands than a shard's ring keeps.
    private static final int FLOOD = 11;
    private static final int BATCH = 1000;
    private static final String STREAMS_TOO = """
            "chat/*": { "lifetime": "4s", "replay": "all", "shards": %d },
            "values": { "lifetime": "1s", "history": { "events": 100, "latest": 100 } },
            "room/*": { "lifetime": "1s", "shards": 1, "history": { "events": 100, "latest": 100 } }
            """.formatted(SHARDS);
    /** A declared stream and a named one that keep the newest event of each topic. */
    private static final List<String> VALUES = List.of("/values", "/room/values");

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    // JUnit sets it before all tests.
    @SuppressWarnings("NullAway")
    private static NodeCluster cluster;

    @BeforeAll
    static void startThree(@TempDir Path directory) throws Exception {
        cluster = NodeCluster.startWith(directory, STREAMS_TOO);
        // Hazelcast's answer to a call that it has given up because a member died.
        cluster.expect("already responseReceived for callback");
    }

    @AfterAll
    static void stopAll() {
        cluster.close();
    }

    /** At the end two nodes are left, one of which has joined meanwhile. */
    @Test
    @Order(2)
    void theNodesThatWriteShardsDieOneAfterTheOtherAndTheOneThatJoinsHasWhatHasLeftTheRings() throws Exception {
        String first = post("/chat/quiet", "q1", "").getString("id");
        post("/chat/quiet", "q2", "");
        post("/chat/quiet?end=true", "q3", "");
        post("/chat/open", "o1", "");
        floodBeside("quiet");
        floodBeside("open");
        for (String values : VALUES) {
            post(values + "?topic=quiet", "old", "");
            post(values + "?topic=gone", "g", "");
            post(values + "?topic=quiet", "q", "");
            post(values + "?topic=gone&forget=true", "the end", "");
            flood(cluster.anyNode().url() + values);
        }
        try (ClusterTraffic declared = ClusterTraffic.begin(cluster, "declared");
                NamedTraffic named = NamedTraffic.begin(cluster, "s", STREAMS)) {
            named.awaitProgress();
            cluster.kill(cluster.sequencer("chat#0"));
            named.awaitProgress();
            declared.awaitProgress();
            cluster.awaitSafe();
            NodeProcess joined = cluster.join();
            named.comeBackTo(joined);
            assertEquals(List.of("q1", "q2", "q3"), data(get(joined, "/chat/quiet")));
            assertEquals(List.of("q2", "q3"), data(get(joined, "/chat/quiet?lastEventId=" + first)));
            assertEquals(2, n(post(joined, "/chat/open", "o2", "")));
            for (String values : VALUES) {
                assertEquals(List.of("q", "\"" + (BATCH - 1) + '"'), data(get(joined, values + "?replay=snapshot")));
            }
            cluster.awaitSafe();
            cluster.kill(cluster.sequencer("chat#1"));
            named.awaitProgress();
            named.assertPromise();
            declared.assertPromise();
        }
    }

    /** Many events of another stream of the same shard. */
    private static void floodBeside(String quiet) throws Exception {
        String busy = IntStream.range(0, Integer.MAX_VALUE)
                .mapToObj(i -> "busy" + i)
                .filter(name -> Math.floorMod(name.hashCode(), SHARDS) == Math.floorMod(quiet.hashCode(), SHARDS))
                .findFirst()
                .orElseThrow();
        flood(cluster.anyNode().url() + "/chat/" + busy);
    }

    private static void flood(String url) throws Exception {
        String lines = IntStream.range(0, BATCH).mapToObj(i -> "\"" + i + '"').collect(Collectors.joining("\n"));
        for (int i = 0; i < FLOOD; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .header("Content-Type", "application/x-ndjson")
                    .POST(BodyPublishers.ofString(lines))
                    .build();
            assertEquals(201, CLIENT.send(request, BodyHandlers.discarding()).statusCode());
        }
    }

    @Test
    @Order(1)
    void anEndADeletionAndAKeyHoldAtEachNode() throws Exception {
        NodeProcess here = cluster.nodes().get(0);
        NodeProcess there = cluster.nodes().get(1);
        post(here, "/chat/deleted", "d1", "");
        CompletableFuture<HttpResponse<String>> subscriber = CLIENT.sendAsync(
                HttpRequest.newBuilder(URI.create(there.url() + "/chat/deleted"))
                        .build(),
                BodyHandlers.ofString());
        Await.await("a subscriber", () -> subscribers(there, "deleted") == 1);
        assertEquals(204, send(here, "DELETE", "/chat/deleted", "", "").statusCode());
        String body = subscriber.get(2, TimeUnit.SECONDS).body();
        assertTrue(body.endsWith("event: close\ndata: {\"reason\":\"deleted\"}\n\n"), body);

        JsonObject receipt = post(here, "/chat/keyed?end=true", "k1", "once");
        for (NodeProcess node : cluster.nodes()) {
            assertEquals(receipt, post(node, "/chat/keyed?end=true", "k1", "once"));
            await(404, node, "/chat/deleted");
            await(409, node, "POST", "/chat/keyed");
            await(204, node, "/chat/keyed?lastEventId=" + receipt.getString("id"));
            assertEquals(List.of("k1"), data(get(node, "/chat/keyed")));
        }
    }

    private static int subscribers(NodeProcess node, String stream) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.url() + "/chat/"))
                .header("Accept", "application/json")
                .build();
        JsonObject listing =
                new JsonObject(CLIENT.send(request, BodyHandlers.ofString()).body());
        return listing.getJsonArray("streams").stream()
                .map(JsonObject.class::cast)
                .filter(listed -> listed.getString("name").equals("chat/" + stream))
                .mapToInt(listed -> listed.getInteger("subscribers"))
                .sum();
    }

    private static void await(int status, NodeProcess node, String path) throws Exception {
        await(status, node, "GET", path);
    }

    private static void await(int status, NodeProcess node, String method, String path) throws Exception {
        Await.await(
                method + ' ' + path + ": " + status,
                () -> send(node, method, path, "x", "").statusCode() == status);
    }

    private static JsonObject post(String path, String data, String key) throws Exception {
        return post(cluster.anyNode(), path, data, key);
    }

    private static JsonObject post(NodeProcess node, String path, String data, String key) throws Exception {
        HttpResponse<String> answer = send(node, "POST", path, data, key);
        assertEquals(201, answer.statusCode(), answer.body());
        return new JsonObject(answer.body());
    }

    private static long n(JsonObject receipt) {
        String id = receipt.getString("id");
        return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
    }

    private static HttpResponse<String> get(NodeProcess node, String path) throws Exception {
        HttpResponse<String> answer = send(node, "GET", path, "", "");
        assertEquals(200, answer.statusCode(), answer.body());
        return answer;
    }

    private static HttpResponse<String> send(NodeProcess node, String method, String path, String body, String key)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + path))
                .method(method, method.equals("POST") ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
        if (method.equals("POST")) {
            request.header("Content-Type", "text/plain");
        }
        if (!key.isEmpty()) {
            request.header("Idempotency-Key", key);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    /** The data of a stream that has ended. */
    private static List<String> data(HttpResponse<String> response) {
        return SseBlock.parse(response.body()).stream()
                .filter(SseBlock::isMessage)
                .map(block -> String.valueOf(block.data()))
                .toList();
    }
}
