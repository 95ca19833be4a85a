package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.auth.Rights;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.JournalWriter;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.stream.StreamListener;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client's rights end: it is told so in the stream, and for a while when it comes back; its EventSource lives on. */
@ExtendWith(VertxExtension.class)
class ExpiryTest {

    private static final String EXPIRED = "\nevent: close\ndata: {\"reason\":\"expired\"}\n\n";
    private static final Pattern REFUSED = Pattern.compile("retry: (\\d+)" + Pattern.quote(EXPIRED));
    private static final Settings ENDLESS =
            Settings.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ZERO);

    // ---- while it is connected

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
    void aSubscriptionEndsWithItsRights(String version, Vertx vertx) throws Exception {
        try (SseServer server = start(vertx, ENDLESS, 300);
                RawClient client = new RawClient(server.port())) {
            EventId id = server.publish("t", "1");
            client.send("GET /events " + version);
            client.head();
            String body = client.rest();
            assertTrue(body.startsWith("id: " + id + "\ndata: 1\n\nid: " + id + "\nretry: "), body);
            assertTrue(body.endsWith(EXPIRED), body);
            if (version.equals("HTTP/1.0")) {
                assertTrue(client.isClosedByServer());
            }
        }
    }

    @Test
    void oneOfHttp2Does(Vertx vertx) throws Exception {
        try (SseServer server = start(vertx, ENDLESS, 300)) {
            assertTrue(http2(vertx, server).endsWith(EXPIRED));
            expire(server, -1);
            assertTrue(REFUSED.matcher(http2(vertx, server)).matches());
        }
    }

    private static String http2(Vertx vertx, SseServer server) throws Exception {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        return client.request(HttpMethod.GET, server.port(), "127.0.0.1", "/events")
                .compose(request -> request.send().compose(HttpClientResponse::body))
                .await(20, TimeUnit.SECONDS)
                .toString(UTF_8);
    }

    /** The position is that of what it has got, so that it misses and repeats nothing with new rights. */
    @Test
    void aSlowClientIsToldWhenItReadsAgainAndResumesExactly(Vertx vertx) throws Exception {
        Settings long10MB = ENDLESS.withHistory(History.of(20_000, null, null));
        try (SseServer server = start(vertx, long10MB, 500);
                RawClient client = new RawClient(server.port(), 16 * 1024)) {
            Recorder recorder = new Recorder();
            server.stream.addListener(recorder);
            for (int i = 0; i < 20; i++) {
                server.publish(Collections.nCopies(500, new NewEvent("t", null, "x".repeat(1000))));
            }
            client.send("GET /events?replay=all HTTP/1.1");
            client.head();
            Await.await("its rights have ended", () -> recorder.told.contains("closed EXPIRED"));
            String body = client.rest();
            Matcher end = Pattern.compile("(?s).*\nid: \\w+-(\\d+)\ndata: x+\n\nid: \\w+-(\\d+)\nretry: \\d+"
                            + Pattern.quote(EXPIRED))
                    .matcher(body);
            assertTrue(end.matches(), body.substring(Math.max(0, body.length() - 300)));
            assertEquals(end.group(1), end.group(2));
            assertTrue(Long.parseLong(end.group(1)) < 10_000, "it ended in the middle of the history");
        }
    }

    @Test
    void aWaitingClientIsToldAndKeepsItsId() throws Exception {
        try (LoneHub lone = new LoneHub(Duration.ofMinutes(1), System::nanoTime)) {
            FakeWritePath path = lone.open("lone-9", 200);
            assertTrue(path.closed.await(10, TimeUnit.SECONDS));
            assertTrue(lone.text(path).matches(":\n\nretry: \\d+" + Pattern.quote(EXPIRED)), lone.text(path));
        }
    }

    /** It has waited for its turn among many that opened at once. */
    @Test
    void aClientThatHasNotBegunIsToldAtOnce() throws Exception {
        AtomicLong clock = new AtomicLong();
        // Each look at the clock finds that the turn has taken too long.
        try (LoneHub lone = new LoneHub(Duration.ZERO, () -> clock.addAndGet(TimeUnit.SECONDS.toNanos(1)))) {
            FakeWritePath path = lone.openAndClose(CloseReason.EXPIRED);
            assertTrue(REFUSED.matcher(lone.text(path)).matches(), lone.text(path));
        }
    }

    @Test
    void aDrainDelaysNoExpiry(Vertx vertx) throws Exception {
        try (SseServer server = start(vertx, ENDLESS, 600);
                RawClient client = RawClient.get(server.port(), "/events");
                RawClient other = RawClient.get(server.port(), "/events")) {
            client.head();
            client.blocks(1);
            other.head();
            other.blocks(1);
            Future<Void> drained = server.handler.close(Duration.ofSeconds(100));
            assertTrue(client.rest().endsWith("{\"reason\":\"drain\"}\n\n"), "the first one leaves at once");
            assertTrue(other.rest().endsWith(EXPIRED));
            drained.await(10, TimeUnit.SECONDS);
        }
    }

    // ---- a return

    @Test
    void aClientThatComesBackSoonIsToldOnceMore(Vertx vertx) throws Exception {
        try (SseServer server = start(vertx, ENDLESS, -59_000)) {
            Recorder recorder = new Recorder();
            server.stream.addListener(recorder);
            for (String version : List.of("HTTP/1.1", "HTTP/1.0")) {
                try (RawClient client = new RawClient(server.port())) {
                    client.send("GET /events?replay=all " + version, "Last-Event-ID: x-1");
                    String head = client.head();
                    assertTrue(head.startsWith(version + " 200 OK\n"), head);
                    assertTrue(head.contains("Content-Type: text/event-stream\n"), head);
                    Matcher end = REFUSED.matcher(client.rest());
                    assertTrue(end.matches());
                    long retry = Long.parseLong(end.group(1));
                    assertTrue(retry >= 2000 && retry <= 3000, "a slot of its own: " + retry);
                }
            }
            assertEquals(List.of("refused EXPIRED", "refused EXPIRED"), List.copyOf(recorder.told));
        }
    }

    @Test
    void anHttp11ConnectionGoesOnAfterIt(Vertx vertx) throws Exception {
        try (SseServer server = start(vertx, ENDLESS, -1000);
                RawClient client = new RawClient(server.port())) {
            client.pipeline("GET /events HTTP/1.1", "GET /events HTTP/1.1");
            for (int i = 0; i < 2; i++) {
                assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
                assertTrue(REFUSED.matcher(client.rest()).matches());
            }
        }
    }

    @Test
    void aClientThatComesBackLateIsRefused(Vertx vertx) throws Exception {
        try (SseServer server = start(vertx, ENDLESS, -61_000);
                RawClient client = RawClient.get(server.port(), "/events")) {
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 401 Unauthorized\n"), head);
            assertTrue(head.contains("Content-Type: application/problem+json\n"), head);
            assertTrue(client.readTo("}").contains("\"detail\":\"the rights have expired\""));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1000, -61_000})
    void aHeadRequestIsRefusedAtOnce(long millis, Vertx vertx) throws Exception {
        try (SseServer server = start(vertx, ENDLESS, millis);
                RawClient client = new RawClient(server.port())) {
            client.send("HEAD /events HTTP/1.1");
            assertTrue(client.head().startsWith("HTTP/1.1 401 Unauthorized\n"));
        }
    }

    /** Nothing is left of what it asks for: that is not said to somebody who was known once. */
    @Test
    void whoHasNoRightsAnyMoreIsToldOfTheExpiryFirst(Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            server.handler.authorize(routing ->
                    Future.succeededFuture(Rights.NONE.until(Instant.now().minusSeconds(1))));
            try (RawClient client = RawClient.get(server.port(), "/events")) {
                assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
            }
        }
    }

    // ---- when

    static Stream<Arguments> ends() {
        Duration hour = Duration.ofHours(1);
        Duration year = Duration.ofDays(365);
        return Stream.of(
                Arguments.of(Duration.ZERO, null, null, CloseReason.LIFETIME),
                Arguments.of(hour, null, hour, CloseReason.LIFETIME),
                Arguments.of(hour, hour.multipliedBy(2), hour, CloseReason.LIFETIME),
                Arguments.of(hour.multipliedBy(2), hour, hour, CloseReason.EXPIRED),
                Arguments.of(Duration.ZERO, hour, hour, CloseReason.EXPIRED),
                Arguments.of(Duration.ZERO, Duration.ZERO, Duration.ZERO, CloseReason.EXPIRED),
                Arguments.of(Duration.ZERO, year.multipliedBy(1_000_000), null, CloseReason.LIFETIME),
                Arguments.of(hour, year.multipliedBy(1_000_000_000), hour, CloseReason.LIFETIME),
                Arguments.of(Duration.ofSeconds(Long.MAX_VALUE), null, null, CloseReason.LIFETIME),
                Arguments.of(Duration.ofSeconds(Long.MAX_VALUE), hour, hour, CloseReason.EXPIRED));
    }

    /** {@code null} is never. */
    @ParameterizedTest
    @MethodSource("ends")
    void itEndsWithItsLifetimeOrItsRightsWhicheverIsNearer(
            Duration lifetime, @Nullable Duration rights, @Nullable Duration expected, CloseReason reason) {
        Instant now = Instant.now();
        Instant end = rights == null
                ? null
                : rights.compareTo(Duration.between(now, Instant.MAX)) > 0 ? Instant.MAX : now.plus(rights);
        StreamRequest request = new StreamRequest(
                TopicFilter.ALL, false, Beginning.with(Replay.LAST), Manner.Streaming.PLAIN, "", null, end);
        long before = SubscriptionTimers.now();
        SubscriptionRequest wish = request.lasting(lifetime, Revocation.first());
        assertEquals(reason, wish.endReason());
        if (expected == null) {
            assertEquals(Long.MAX_VALUE, wish.endsAt());
        } else {
            long in = wish.endsAt() - before;
            assertTrue(Math.abs(in - expected.toMillis()) < 10_000, in + " ms");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, 253_402_300_800L, 31_556_889_864_403_200L})
    void anExpiryThatIsFarAwayIsNone(long exp, Vertx vertx) throws Exception {
        try (SseServer server = SseServer.start(vertx, ENDLESS)) {
            server.before = routing -> {
                Users.set(routing, Users.expiring(exp));
                routing.next();
            };
            try (RawClient client = RawClient.get(server.port(), "/events")) {
                assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
                assertEquals("id: " + server.epoch() + "-0\n\n", client.blocks(1));
            }
        }
    }

    private static SseServer start(Vertx vertx, Settings settings, long millis) {
        SseServer server = SseServer.start(vertx, settings);
        expire(server, millis);
        return server;
    }

    private static void expire(SseServer server, long millis) {
        server.handler.authorize(
                routing -> Future.succeededFuture(Rights.ALL.until(Instant.now().plusMillis(millis))));
    }

    private static final class Recorder implements StreamListener {

        final Queue<String> told = new ConcurrentLinkedQueue<>();

        @Override
        public void opened() {
            told.add("opened");
        }

        @Override
        public void refused(CloseReason reason) {
            told.add("refused " + reason);
        }

        @Override
        public void closed(CloseReason reason) {
            told.add("closed " + reason);
        }
    }

    /** A hub of an empty stream, on a loop of its own. */
    private static final class LoneHub implements AutoCloseable {

        private final EventLoop loop = new DefaultEventLoop();
        private final JournalWriter writer = new JournalWriter(History.DEFAULT, InstantSource.system());
        private final Hub hub;

        LoneHub(Duration lag, LongSupplier nanoTime) throws Exception {
            writer.reset(Epochs.startingAt(new EventId("lone", 0)), 0, List.of());
            SseOptions options = SseOptions.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ZERO);
            hub = loop.submit(() -> UnlimitedHub.on(loop, options, lag, nanoTime))
                    .get();
        }

        FakeWritePath open(@Nullable String lastEventId, long millis) throws Exception {
            FakeWritePath path = new FakeWritePath();
            SubscriptionRequest request = new SubscriptionRequest(
                    TopicFilter.ALL,
                    false,
                    new Beginning(lastEventId, null, Replay.LAST),
                    Manner.Streaming.PLAIN,
                    "",
                    null,
                    SubscriptionTimers.now() + millis,
                    CloseReason.EXPIRED,
                    Revocation.first());
            loop.submit(() -> hub.open(path, new FakeStream(writer.journal()), request))
                    .get();
            return path;
        }

        /** Within one turn of the loop. */
        FakeWritePath openAndClose(CloseReason reason) throws Exception {
            FakeWritePath path = new FakeWritePath();
            SubscriptionRequest request = Wishes.lasting(Duration.ZERO, TopicFilter.ALL, null, Replay.LAST, "");
            loop.submit(() -> {
                        Subscription subscription =
                                Objects.requireNonNull(hub.open(path, new FakeStream(writer.journal()), request));
                        assertFalse(subscription.isStarted());
                        hub.close(subscription, reason);
                    })
                    .get();
            return path;
        }

        String text(FakeWritePath path) throws Exception {
            return loop.submit(() -> path.written.toString(UTF_8)).get();
        }

        @Override
        public void close() {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
