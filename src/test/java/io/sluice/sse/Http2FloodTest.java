package io.sluice.sse;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A hundred requests in 1,800 bytes, each for a search through 10,000 topics: each of them took a turn's time at once. */
@ExtendWith(VertxExtension.class)
class Http2FloodTest {

    private static final int REQUESTS = 100;
    private static final int TOPICS = 10_000;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final byte HEADERS = 1;
    private static final byte SETTINGS = 4;
    private static final byte END_STREAM_AND_HEADERS = 5;

    private final LookClock clock = new LookClock();

    @Test
    void aHundredSearchesOnOneConnectionMakeNoOtherWait(Vertx vertx) throws Exception {
        StreamOptions options = StreamOptions.DEFAULT.withHistory(History.of(TOPICS, null, ByteSize.ofMegabytes(100)));
        EventStream stream = EventStream.open(vertx, "events", options).await();
        stream.publish(newEvents()).await();
        SubscriptionLimits limits = SubscriptionLimits.of(0, 0);
        SseHandler handler = SseHandler.create(stream, SseOptions.DEFAULT, limits, null, clock);
        CompletableFuture<EventLoop> loop = new CompletableFuture<>();
        Router router = Router.router(vertx);
        router.route("/stranger").handler(routing -> {
            loop.complete(
                    ((HttpServerRequestInternal) routing.request()).context().nettyEventLoop());
            routing.response().end();
        });
        router.route("/events").handler(handler);
        HttpServer server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(router)
                .listen()
                .await();
        try (Socket flood = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
                RawClient stranger = RawClient.get(server.actualPort(), "/stranger")) {
            stranger.head();
            LookClock.Stranger between = clock.stranger(loop.get(10, TimeUnit.SECONDS));
            flood.getOutputStream().write(requests());
            Await.await("all have opened", () -> limits.held() == REQUESTS);
            stranger.send("GET /stranger HTTP/1.1");
            stranger.head();
            // All searches together look 500,000 times.
            Await.await("the searches go on", () -> clock.looks.get() > 100 * REQUESTS);
            long longest = between.stop();
            assertTrue(longest <= LookClock.TURN, "a turn worked for " + longest + " ms");
            assertEquals(REQUESTS, limits.held());
        } finally {
            handler.close(Duration.ZERO).await();
            server.close().await();
            stream.close().await();
        }
    }

    private static List<NewEvent> newEvents() {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < TOPICS; i++) {
            events.add(new NewEvent("t." + i, null, "x"));
        }
        return events;
    }

    /** RFC 9113 3.4 and 4.1, RFC 7541: the first request puts its path into the table, the others point at it. */
    private static byte[] requests() throws Exception {
        String path = "/events?replay=snapshot&"
                + IntStream.range(0, 32).mapToObj(i -> "topic=n." + i + ".*").collect(Collectors.joining("&"));
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        // GET, http, an authority and a path that are kept.
        first.write(new byte[] {(byte) 0x82, (byte) 0x86, 0x41, 1, 'a', 0x44, 0x7f});
        int rest = path.length() - 0x7f;
        first.write((rest & 0x7f) | 0x80);
        first.write(rest >> 7);
        first.write(path.getBytes(US_ASCII));
        byte[] others = {(byte) 0x82, (byte) 0x86, (byte) 0xbf, (byte) 0xbe};
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(PREFACE.getBytes(US_ASCII));
        all.write(frame(SETTINGS, (byte) 0, 0, new byte[0]));
        for (int i = 0; i < REQUESTS; i++) {
            all.write(frame(HEADERS, END_STREAM_AND_HEADERS, 2 * i + 1, i == 0 ? first.toByteArray() : others));
        }
        return all.toByteArray();
    }

    private static byte[] frame(byte type, byte flags, int stream, byte[] payload) throws Exception {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(new byte[] {0, (byte) (payload.length >> 8), (byte) payload.length, type, flags});
        frame.write(new byte[] {0, 0, (byte) (stream >> 8), (byte) stream});
        frame.write(payload);
        return frame.toByteArray();
    }
}
