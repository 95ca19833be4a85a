package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.CapturedOutput;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.process.FreePorts;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A whole node with a template, in this process: what it opens beside its HTTP server. */
@ExtendWith(VertxExtension.class)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class NamedStreamsNodeTest {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1" },
              "streams": {
                "events": {},
                "chat/*": { "lifetime": "0s", "replay": "all", "addresses": ["tokens"], "presence": true }
              }
            }
            """;

    @TempDir
    private Path webroot;

    private CapturedOutput log;
    private String deployment;
    private int port;

    @BeforeEach
    void start(Vertx vertx) throws Exception {
        log = new CapturedOutput();
        JsonObject config = ConfigReader.parse(CONFIGURATION);
        port = FreePorts.inARow(1);
        config.getJsonObject("http").put("port", port).put("webroot", webroot.toString());
        deployment = vertx.deployVerticle(new NodeVerticle(), new DeploymentOptions().setConfig(config))
                .await();
    }

    @AfterEach
    void release() {
        log.close();
    }

    private static DeliveryOptions to(String stream) {
        return new DeliveryOptions().addHeader("stream", stream);
    }

    private String get(String path) throws Exception {
        return RawClient.exchange(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    @Test
    void theStartLineNamesTheTemplate(Vertx vertx) throws Exception {
        NodeConfig config = NodeConfig.read(ConfigReader.parse(CONFIGURATION));
        NodeStreams streams = new NodeStreams();
        streams.open(vertx, config, Logs.inMemory(), Optional.empty()).await(10, TimeUnit.SECONDS);
        assertEquals(
                "/events (no address; lifetime 10s; in memory), /chat/* (from tokens; lifetime unlimited; in memory)",
                streams.describe(config, Logs.inMemory()));
        streams.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void theHealthNamesTheTemplate() throws Exception {
        String ready = get("/health/ready");
        assertTrue(ready.startsWith("HTTP/1.1 200 OK\r\n"), ready);
        assertTrue(
                ready.contains("{\"id\":\"chat\",\"status\":\"UP\",\"checks\":[{\"id\":\"*\",\"status\":\"UP\"}]}"),
                ready);
    }

    @Test
    void theBusPublishesByName(Vertx vertx) throws Exception {
        vertx.eventBus().request("sluice", "a", to("chat/42")).await(10, TimeUnit.SECONDS);
        vertx.eventBus()
                .request("tokens", "b", to("chat/42").addHeader("end", "true"))
                .await(10, TimeUnit.SECONDS);
        String whole = get("/chat/42");
        assertTrue(whole.contains("data: a\n\n"), whole);
        assertTrue(whole.contains("data: b\n\n"), whole);
        assertTrue(whole.contains("data: {\"reason\":\"end\"}\n\n"), whole);
    }

    @Test
    void theBusHearsOfTheFirstSubscriber(Vertx vertx) throws Exception {
        Promise<JsonObject> told = Promise.promise();
        vertx.eventBus()
                .<JsonObject>consumer("sluice.presence.chat", message -> told.tryComplete(message.body()))
                .completion()
                .await();
        try (RawClient reader = RawClient.get(port, "/chat/42")) {
            reader.head();
            assertEquals(
                    new JsonObject()
                            .put("stream", "chat/42")
                            .put("subscribers", 1)
                            .putNull("node"),
                    told.future().await(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void withoutPublishingItIsReadOnly() throws Exception {
        for (String method : new String[] {"POST", "PUT", "DELETE"}) {
            String answer = RawClient.exchange(
                    port,
                    method + " /chat/42 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 405 Method Not Allowed\r\n"), answer);
            assertTrue(answer.contains("\r\nAllow: GET, HEAD, OPTIONS\r\n"), answer);
        }
        String list = get("/chat/");
        assertTrue(list.startsWith("HTTP/1.1 403 Forbidden\r\n"), list);
        assertTrue(list.contains("the list of streams tells their names"), list);
    }

    @Test
    void aNodeThatStopsTakesNothingFromTheBus(Vertx vertx) throws Exception {
        vertx.undeploy(deployment).await(20, TimeUnit.SECONDS);
        ReplyException refused = assertThrows(
                ReplyException.class,
                () -> vertx.eventBus().request("sluice", "a", to("chat/42")).await(10, TimeUnit.SECONDS));
        assertEquals("NO_HANDLERS", refused.failureType().name());
        assertEquals("", log.text());
    }
}
