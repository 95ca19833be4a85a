package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.FreePorts;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole node with an admin listener, in this process. */
@ExtendWith(VertxExtension.class)
// JUnit sets the field.
@SuppressWarnings("NullAway.Init")
class AdminTest {

    @TempDir
    private Path webroot;

    private int port;
    private int admin;

    private Future<String> deploy(Vertx vertx, String admins, int instances) {
        port = FreePorts.inARow(1);
        JsonObject config = ConfigReader.parse("""
                {
                  "http": { "host": "127.0.0.1", "port": %d, "webroot": "%s", "drain": "4s", "maxSubscriptions": 7 },
                  "streams": {
                    "events": { "lifetime": "0s", "replay": "none" },
                    "chat/*": { "lifetime": "0s", "replay": "all" }
                  },
                  "publish": { "enabled": true, "anonymous": true },
                  "admin": %s
                }
                """.formatted(port, webroot, admins));
        return vertx.deployVerticle(
                NodeVerticle::new, new DeploymentOptions().setConfig(config).setInstances(instances));
    }

    private String start(Vertx vertx, int instances) {
        admin = FreePorts.inARow(1);
        return deploy(vertx, "{ \"port\": " + admin + " }", instances).await();
    }

    private static String get(int port, String path) throws IOException {
        return RawClient.exchange(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    private JsonObject report() throws IOException {
        String answer = get(admin, "/api/node");
        return new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }

    private static JsonObject stream(JsonObject report, int index) {
        return report.getJsonArray("streams").getJsonObject(index);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    // ---- the report

    @Test
    void theReportSaysWhatTheNodeIs(Vertx vertx) throws Exception {
        start(vertx, 2);
        JsonObject report = report();
        assertNull(report.getValue("member"));
        assertEquals("http://127.0.0.1:" + port + "/", report.getString("url"));
        assertEquals("http://127.0.0.1:" + admin + "/", report.getString("admin"));
        assertEquals(System.getProperty("java.version"), report.getString("java"));
        assertTrue(report.getString("vertx").startsWith("5."));
        assertEquals(2, report.getInteger("eventLoops"));
        assertTrue(report.getBoolean("ready"));
        assertEquals(7, report.getInteger("maxSubscriptions"));
        assertTrue(report.getDouble("cpu") >= 0 && report.getDouble("cpu") <= 1);
        assertTrue(report.getJsonObject("heap").getLong("used") > 0);
        assertTrue(report.getInstant("time").compareTo(report.getInstant("started")) >= 0);
        assertEquals(0, report.getJsonArray("members").size());
        assertEquals("chat/*", stream(report, 1).getString("name"));
        assertTrue(stream(report, 1).getBoolean("template"));
    }

    @Test
    void itsNumbersAreWhatHasHappened(Vertx vertx) throws Exception {
        start(vertx, 2);
        try (Subscriber first = Subscriber.open(url("/events"));
                Subscriber second = Subscriber.open(url("/events"))) {
            next(first);
            next(second);
            for (int i = 0; i < 3; i++) {
                vertx.eventBus().request("sluice.events", "12345").await(10, TimeUnit.SECONDS);
            }
            for (int i = 0; i < 3; i++) {
                assertEquals("12345", next(first).data());
                assertEquals("12345", next(second).data());
            }
            Await.await("both are counted", () -> stream(report(), 0).getInteger("deliveries") == 6);
            JsonObject report = report();
            assertEquals(2, report.getInteger("subscriptions"));
            assertTrue(report.getInteger("connections") >= 2);
            JsonObject events = stream(report, 0);
            assertEquals("memory", events.getString("log"));
            assertTrue(events.getBoolean("up"));
            assertTrue(events.getBoolean("leading"));
            assertEquals(2, events.getInteger("subscriptions"));
            assertEquals(2, events.getInteger("opened"));
            assertEquals(new JsonObject(), events.getJsonObject("closes"));
            assertEquals(3, events.getInteger("events"));
            assertEquals(3, events.getInteger("published"));
            assertEquals(3, events.getJsonObject("journal").getInteger("events"));
            assertTrue(events.getJsonObject("latency").getDouble("p99") > 0);
            assertEquals(0, stream(report, 1).getInteger("events"));
        }
        Await.await(
                "both have gone",
                () -> stream(report(), 0).getJsonObject("closes").getInteger("gone", 0) == 2);
        assertEquals(0, report().getInteger("subscriptions"));
    }

    @Test
    void aReportComesEachSecondToWhoReads(Vertx vertx) throws Exception {
        start(vertx, 1);
        try (Subscriber reader = Subscriber.open("http://127.0.0.1:" + admin + "/node")) {
            SseBlock first = message(reader);
            SseBlock second = message(reader);
            double between = uptime(second) - uptime(first);
            assertTrue(between > 0.5 && between < 5, "a second between two reports, and not " + between);
        }
        try (Subscriber reader = Subscriber.open("http://127.0.0.1:" + admin + "/node?topic=node")) {
            assertTrue(
                    new JsonObject(message(reader).data()).getBoolean("ready"), "a node that is alone is called node");
        }
    }

    @Test
    void theStreamOfReportsIsNoneOfTheNode(Vertx vertx) throws Exception {
        start(vertx, 1);
        assertTrue(get(port, "/node").startsWith("HTTP/1.1 404 "));
        assertThrows(
                Exception.class,
                () -> vertx.eventBus().request("sluice.node", "x").await(10, TimeUnit.SECONDS),
                "nobody publishes to it");
    }

    private static double uptime(SseBlock report) {
        return new JsonObject(report.data()).getDouble("uptime");
    }

    private static SseBlock message(Subscriber subscriber) throws IOException {
        SseBlock block = next(subscriber);
        while (!block.isMessage()) {
            block = next(subscriber);
        }
        return block;
    }

    private static SseBlock next(Subscriber subscriber) throws IOException {
        return Objects.requireNonNull(subscriber.next(), "the stream has ended");
    }

    // ---- birth and death

    @Test
    void itIsTheLastToStop(Vertx vertx) throws Exception {
        String deployment = start(vertx, 1);
        try (Subscriber first = Subscriber.open(url("/events"));
                Subscriber second = Subscriber.open(url("/events"));
                Subscriber third = Subscriber.open(url("/events"))) {
            Future<Void> stopped = vertx.undeploy(deployment);
            first.rest();
            second.rest();
            assertTrue(get(admin, "/health/ready").startsWith("HTTP/1.1 503 "));
            assertFalse(report().getBoolean("ready"));
            third.rest();
            stopped.await(10, TimeUnit.SECONDS);
        }
        assertThrows(IOException.class, () -> get(admin, "/health/live"));
    }

    @Test
    void aPortThatIsTakenIsOneLine(Vertx vertx) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Future<String> deployed = deploy(vertx, "{ \"port\": " + taken.getLocalPort() + " }", 1);
            ConfigException refused = assertThrows(ConfigException.class, deployed::await);
            assertEquals(
                    "the admin listener cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": Address already in use",
                    refused.getMessage());
        }
        assertThrows(IOException.class, () -> get(port, "/health/live"));
    }

    @Test
    void itTakesTheNextPort(Vertx vertx) throws Exception {
        int first = FreePorts.inARow(2);
        try (ServerSocket taken = new ServerSocket(first, 1, InetAddress.getLoopbackAddress())) {
            deploy(vertx, "{ \"port\": " + first + ", \"ports\": 2 }", 1).await();
            assertFalse(taken.isClosed());
            admin = first + 1;
            assertEquals("http://127.0.0.1:" + admin + "/", report().getString("admin"));
        }
    }
}
