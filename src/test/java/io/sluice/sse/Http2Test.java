package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.testing.Await;
import io.sluice.testing.client.PromiseCheck;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many streams on one connection of HTTP/2, in clear text; TLS and ALPN are in TlsTest. */
@ExtendWith(VertxExtension.class)
class Http2Test {

    private static final Settings ENDLESS = Settings.DEFAULT
            .withLifetime(Duration.ZERO)
            .withHistory(History.of(50_000, null, ByteSize.ofMegabytes(64)));

    @Test
    void theBytesInTheEventsAreThoseOfHttp11(Vertx vertx) throws Exception {
        Settings brief = ENDLESS.withLifetime(Duration.ofMillis(500));
        try (SseServer server = SseServer.start(vertx, brief);
                RawClient old = RawClient.get(server.port(), "/events?replay=all")) {
            server.publish(List.of(new NewEvent("t", "größe", "a\nb"), new NewEvent("t", null, "{}")));
            Http2Stream stream = new Http2Stream(connect(vertx), server, "/events?replay=all");
            old.head();
            String expected = old.rest().replaceAll("retry: \\d+", "").replaceAll("id: \\S+-0\n\n", "");
            assertEquals(expected, stream.until(Http2Stream::ended).replaceAll("retry: \\d+", ""));
            assertNull(stream.response.getHeader("Connection"));
            assertNull(stream.response.getHeader("Transfer-Encoding"));
            assertEquals("text/event-stream", stream.response.getHeader("Content-Type"));
        }
    }

    @Test
    void oneConnectionCarriesHundredsOfStreams(Vertx vertx) throws Exception {
        SubscriptionLimits admission = SubscriptionLimits.of(0, 0);
        try (SseServer server = SseServer.start(vertx, ENDLESS, 1, admission, Duration.ofMinutes(1))) {
            HttpClient connection = connect(vertx);
            List<Http2Stream> streams = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                streams.add(new Http2Stream(connection, server, "/events?topic=" + (i % 2 == 0 ? "even" : "odd")));
            }
            assertEquals(300, admission.held(), "each counts");
            server.publish("even", "to half of them");
            server.publish("odd", "to the others");
            for (int i = 0; i < 300; i++) {
                String expected = "data: " + (i % 2 == 0 ? "to half of them" : "to the others") + "\n\n";
                streams.get(i).until(stream -> stream.text().endsWith(expected));
            }
        }
    }

    @Test
    void aStreamWithoutWindowIsSlowAndTheOthersGoOn(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            HttpClient connection = connect(vertx);
            Http2Stream slow = new Http2Stream(connection, server, "/events");
            Http2Stream fast = new Http2Stream(connection, server, "/events");
            slow.response.pause();
            NewEvent publication = new NewEvent("t", null, "x".repeat(1000));
            for (int i = 0; i < 20; i++) {
                server.publish(Collections.nCopies(500, publication));
                long last = (i + 1) * 500L;
                fast.until(stream -> stream.received().n() == last);
            }
            assertTrue(server.largestBacklog() < 256 * 1024, "bounded: " + server.largestBacklog());
            slow.response.resume();
            PromiseCheck all = PromiseCheck.failingAfter(0);
            all.takeAll(slow.until(stream -> stream.received().n() == 10_000));
            assertEquals(10_000, all.events());
        }
    }

    @Test
    void aStreamThatReadsALittleIsSlowAndNotDeadAndOneThatReadsNothingIsDead(Vertx vertx) throws Exception {
        SubscriptionLimits admission = SubscriptionLimits.of(0, 0);
        try (SseServer server = SseServer.start(vertx, ENDLESS, 1, admission, Duration.ofSeconds(2))) {
            HttpClient connection = connect(vertx);
            Http2Stream slow = new Http2Stream(connection, server, "/events");
            Http2Stream dead = new Http2Stream(connection, server, "/events");
            slow.response.pause();
            dead.response.pause();
            dead.response.exceptionHandler(reset -> {});
            NewEvent publication = new NewEvent("t", null, "x".repeat(1000));
            for (int i = 0; i < 6; i++) {
                server.publish(Collections.nCopies(500, publication));
            }
            for (int i = 0; i < 25; i++) {
                slow.response.fetch(1);
                vertx.timer(200).await();
            }
            assertEquals(1, admission.held(), "the one that reads");
            slow.response.resume();
            slow.until(stream -> stream.received().n() == 3000);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ServerKind.class,
            names = {"STRICT", "LOOSE", "SHAPED", "COMPRESSING"})
    void theBytesOfAFloodAreWholeAndGoTheLongWay(ServerKind kind, Vertx vertx) throws Exception {
        try (SseServer server = kind.start(vertx, ServerKind.ENDLESS, SubscriptionLimits.of(0, 0), null)) {
            server.before = routing -> {
                Channel channel = ((ConnectionBase) routing.request().connection()).channel();
                assertNull(channel.pipeline().get(ChannelListener.class));
                routing.next();
            };
            Flood flood = new Flood(server);
            HttpClient connection = connect(vertx);
            List<Http2Stream> streams = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                streams.add(new Http2Stream(connection, server, "/events?replay=all"));
                flood.publish(300);
            }
            for (Http2Stream stream : streams) {
                String body = stream.until(s -> s.received().n() == 1500).replace("\n\n:\n\n", "\n\n");
                Flood.assertSame(flood.from(body, 1500), body);
                assertNull(stream.response.getHeader("Connection"));
            }
        }
    }

    @Test
    void aStreamThatIsResetIsForgottenAndTheOthersGoOn(Vertx vertx) throws Exception {
        SubscriptionLimits admission = SubscriptionLimits.of(0, 0);
        try (SseServer server = SseServer.start(vertx, ENDLESS, 1, admission, Duration.ofMinutes(1))) {
            HttpClient connection = connect(vertx);
            Http2Stream leaving = new Http2Stream(connection, server, "/events");
            Http2Stream staying = new Http2Stream(connection, server, "/events");
            leaving.response.request().reset(8).await();
            Await.await("the stream is forgotten", () -> admission.held() <= 1);
            server.publish("t", "still there");
            staying.until(stream -> stream.text().endsWith("data: still there\n\n"));
        }
    }

    private static HttpClient connect(Vertx vertx) {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(-1)
                .setHttp2ConnectionWindowSize(1 << 20); // as browsers do: one stream's 64 kB do not shut the connection
        return vertx.createHttpClient(options, new PoolOptions().setHttp2MaxSize(1));
    }

    /** One response, and what came of its body. */
    private static final class Http2Stream {

        final HttpClientResponse response;
        private final Buffer body = Buffer.buffer();
        private final PromiseCheck received = PromiseCheck.failingAfter(0);
        private int taken;
        private boolean ended;

        Http2Stream(HttpClient connection, SseServer server, String target) {
            response = connection
                    .request(HttpMethod.GET, server.port(), "127.0.0.1", target)
                    .compose(this::send)
                    .await();
        }

        /** The handlers are there before the head is: none of the body is lost. */
        private Future<HttpClientResponse> send(HttpClientRequest request) {
            Future<HttpClientResponse> head =
                    request.response().map(answer -> answer.handler(this::take).endHandler(v -> end()));
            return request.end().compose(v -> head);
        }

        private synchronized void take(Buffer bytes) {
            body.appendBuffer(bytes);
            notifyAll();
        }

        private synchronized void end() {
            ended = true;
            notifyAll();
        }

        /** Waits; the test's own time is the limit. */
        synchronized String until(Predicate<Http2Stream> condition) throws InterruptedException {
            while (!condition.test(this)) {
                wait();
            }
            return text();
        }

        boolean ended() {
            return ended;
        }

        String text() {
            return body.toString(UTF_8);
        }

        /** All whole blocks so far, each looked at once. */
        PromiseCheck received() {
            String text = body.getString(taken, body.length());
            int whole = text.lastIndexOf("\n\n") + 2;
            if (whole >= 2) {
                received.takeAll(text.substring(0, whole));
                taken += text.substring(0, whole).getBytes(UTF_8).length;
            }
            return received;
        }
    }
}
