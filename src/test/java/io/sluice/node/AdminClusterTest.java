package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.cluster.InJvmCluster;
import io.sluice.testing.process.FreePorts;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The admin listeners of a cluster: each tells of all members. */
@Timeout(60)
// JUnit's beforeAll.
@SuppressWarnings("NullAway.Init")
class AdminClusterTest {

    private static InJvmCluster cluster;
    private static Vertx first;
    private static Vertx second;
    private static int port;

    @BeforeAll
    static void join() throws Exception {
        cluster = new InJvmCluster();
        first = cluster.join();
        second = cluster.join();
        port = FreePorts.inARow(2);
        deploy(first, port);
        deploy(second, port + 1);
    }

    @AfterAll
    static void leave() {
        cluster.close();
    }

    private static void deploy(Vertx vertx, int admin) {
        JsonObject json = new JsonObject("""
                {
                  "http": { "host": "127.0.0.1", "port": 0 },
                  "streams": { "events": { "log": "hazelcast" } },
                  "admin": { "port": %d }
                }
                """.formatted(admin));
        vertx.deployVerticle(new NodeVerticle(), new DeploymentOptions().setConfig(json))
                .await();
    }

    private static String member(Vertx vertx) {
        return InJvmCluster.hazelcast(vertx)
                .getCluster()
                .getLocalMember()
                .getAddress()
                .toString()
                .replaceAll("[\\[\\]]|^Address", "");
    }

    private static JsonObject report(Subscriber reader) throws IOException {
        SseBlock block = Objects.requireNonNull(reader.next());
        while (!block.isMessage()) {
            block = Objects.requireNonNull(reader.next());
        }
        return new JsonObject(block.data());
    }

    @Test
    void eachMembersReportsReachWhoReadsAtOneUntilItDies() throws Exception {
        try (Subscriber reader = Subscriber.open("http://127.0.0.1:" + port + "/node")) {
            Set<String> seen = new HashSet<>();
            while (seen.size() < 2) {
                JsonObject report = report(reader);
                seen.add(report.getString("member"));
                assertEquals(2, report.getJsonArray("members").size());
            }
            assertEquals(Set.of(member(first), member(second)), seen);
            JsonObject here = new JsonObject().put("member", member(first)).put("here", true);
            assertTrue(own(reader).contains(here), "a member knows itself");

            second.close().await(30, TimeUnit.SECONDS);
            Await.await("the dead one is no member", () -> own(reader).equals(new JsonArray().add(here)));
            for (int i = 0; i < 3; i++) {
                assertEquals(member(first), report(reader).getString("member"));
            }
        }
        String answer =
                RawClient.exchange(port, "GET /api/node HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertTrue(answer.contains("\"member\":\"" + member(first) + "\""), answer);
    }

    /** The members in the next report of the first one. */
    private static JsonArray own(Subscriber reader) throws IOException {
        JsonObject report = report(reader);
        while (!report.getString("member").equals(member(first))) {
            report = report(reader);
        }
        return report.getJsonArray("members");
    }
}
