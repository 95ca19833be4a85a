package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.testing.Await;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.RawClient;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Clients that read their answers slowly, or not at all; and what the answers go through. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
// In each test.
@SuppressWarnings("NullAway.Init")
class SlowPollTest {

    private static final String TARGET = "/events?format=json";
    private static final int SMALL_BUFFER = 8 * 1024;

    private SubscriptionLimits limits = SubscriptionLimits.of(0, 0);
    private SseServer server;
    private @Nullable Vertx own;

    private void start(Vertx vertx, Duration deadAfter) {
        HttpServerOptions http = new HttpServerOptions().setStrictThreadMode(true);
        http.setSendBufferSize(32 * 1024);
        Settings settings = Settings.DEFAULT
                .withLifetime(Duration.ZERO)
                .withReplay(Replay.parse("all"))
                .withHistory(History.of(50_000, null, null));
        server = SseServer.start(vertx, settings, limits, deadAfter, http, new DeploymentOptions());
    }

    @AfterEach
    void stop() {
        server.close();
        if (own != null) {
            own.close().await();
        }
    }

    private void publishOneMegabyte() {
        server.publish(Collections.nCopies(900, new NewEvent("a", null, "x".repeat(1000))));
    }

    @ParameterizedTest
    @EnumSource(value = ServerKind.class, mode = Mode.EXCLUDE, names = "LOOSE")
    void anAnswerIsTheSameOnEachWay(ServerKind kind, @TempDir Path directory) throws Exception {
        Vertx vertx = kind.vertx();
        own = vertx;
        TestCertificate certificate = kind == ServerKind.TLS ? TestCertificate.in(directory) : null;
        server = kind.start(vertx, ServerKind.ENDLESS, limits, certificate);
        publishOneMegabyte();
        try (RawClient client =
                new RawClient(server.port(), SMALL_BUFFER, certificate == null ? null : certificate.trusting())) {
            client.send("GET " + TARGET + "&replay=all HTTP/1.1");
            client.head();
            JsonObject answer = new JsonObject(client.rest());
            assertEquals(900, answer.getJsonArray("events").size());
            client.send("GET " + TARGET + "&wait=20s&lastEventId=" + answer.getString("last") + " HTTP/1.1");
            Await.await("it waits", () -> limits.held() == 1);
            server.publish("a", "901");
            client.head();
            assertTrue(client.rest().contains("\"data\":\"901\""));
        }
    }

    @Test
    void anAnswerOfHttp2ComesAsItsWindowOpens(Vertx vertx) throws Exception {
        start(vertx, Duration.ofSeconds(1));
        publishOneMegabyte();
        HttpClientOptions options =
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
        Buffer body = vertx.createHttpClient(options)
                .request(HttpMethod.GET, server.port(), "127.0.0.1", TARGET)
                .compose(HttpClientRequest::send)
                .compose(response -> {
                    response.pause();
                    // Longer than a dead one has.
                    vertx.setTimer(600, timer -> response.fetch(16));
                    vertx.setTimer(1200, timer -> response.resume());
                    return response.body();
                })
                .await();
        assertEquals(900, new JsonObject(body).getJsonArray("events").size());
        Await.await("nothing waits", () -> limits.held() == 0 && limits.behind() == 0);
    }

    /** For longer than a client has that takes nothing. */
    @Test
    void aClientThatGoesOnReadingGetsAll(Vertx vertx) throws Exception {
        start(vertx, Duration.ofMillis(500));
        publishOneMegabyte();
        try (RawClient client = new RawClient(server.port(), SMALL_BUFFER)) {
            client.send("GET " + TARGET + " HTTP/1.1");
            client.head();
            StringBuilder body = new StringBuilder();
            while (body.length() < 900_000) {
                body.append(client.read(90_000));
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
            body.append(client.rest());
            assertEquals(
                    900, new JsonObject(body.toString()).getJsonArray("events").size());
        }
    }

    @Test
    void aClientThatTakesNothingIsCutOff(Vertx vertx) throws Exception {
        start(vertx, Duration.ofMillis(500));
        publishOneMegabyte();
        try (RawClient client = new RawClient(server.port(), SMALL_BUFFER)) {
            client.send("GET " + TARGET + " HTTP/1.1");
            client.head();
            Await.await("it is counted", () -> limits.behind() > 0);
            Await.await("it is cut off", () -> limits.behind() == 0 && server.hasNoConnection());
            assertThrows(IOException.class, client::rest);
        }
    }

    @Test
    void answersThatNobodyReadsCountForAll(Vertx vertx) throws Exception {
        limits = SubscriptionLimits.of(0, 0, 2_000_000);
        start(vertx, Duration.ofMinutes(1));
        publishOneMegabyte();
        List<RawClient> clients = new ArrayList<>();
        try {
            while (limits.behind() <= 1_000_000) {
                RawClient client = new RawClient(server.port(), SMALL_BUFFER);
                clients.add(client);
                client.send("GET " + TARGET + " HTTP/1.1");
                client.head();
            }
            for (int i = 0; i < 4; i++) {
                RawClient client = new RawClient(server.port(), SMALL_BUFFER);
                clients.add(client);
                client.send("GET " + TARGET + " HTTP/1.1");
                client.head();
            }
            Await.await("little waits", () -> limits.behind() <= 2_000_000 && server.wholeBacklog() <= 2_000_000);
        } finally {
            for (RawClient client : clients) {
                client.reset();
            }
        }
        Await.await("nothing waits", () -> limits.behind() == 0);
    }
}
