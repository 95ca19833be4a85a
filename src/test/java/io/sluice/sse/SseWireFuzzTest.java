package io.sluice.sse;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.testing.Texts;
import io.sluice.testing.client.HttpResponseParser;
import io.sluice.testing.client.ReceivedEvent;
import io.sluice.testing.client.StandardParser;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** As {@link SseFormatFuzzTest}, through a socket: replayed and live events, on the way past Vert.x' encoder and on the way through it. */
class SseWireFuzzTest {

    private static final Map<ServerKind, Vertx> VERTX = new EnumMap<>(ServerKind.class);
    private static final Map<ServerKind, SseServer> SERVERS = new EnumMap<>(ServerKind.class);
    private static final int PATIENCE_MILLIS = 20_000;

    @BeforeContainer
    static void start() {
        for (ServerKind kind : List.of(ServerKind.STRICT, ServerKind.COMPRESSING)) {
            Vertx vertx = kind.vertx();
            VERTX.put(kind, vertx);
            SERVERS.put(kind, kind.start(vertx, ServerKind.ENDLESS, SubscriptionLimits.of(0, 0), null));
        }
    }

    @AfterContainer
    static void stop() {
        SERVERS.values().forEach(SseServer::close);
        VERTX.values().forEach(vertx -> vertx.close().await());
    }

    @Property(tries = 12, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void aClientReadsWhatWasPublished(
            @ForAll("kinds") ServerKind kind,
            @ForAll("versions") String version,
            @ForAll("events") List<NewEvent> before,
            @ForAll("events") List<NewEvent> after)
            throws IOException {
        SseServer server = Objects.requireNonNull(SERVERS.get(kind));
        EventId start = server.publish("t", "start");
        server.publish(before);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(("GET /events?lastEventId=" + start + " " + version + "\r\nHost: localhost\r\n\r\n")
                            .getBytes(US_ASCII));
            Body body = new Body();
            body.read(socket.getInputStream(), start.n() + 1);
            server.publish(after);
            body.read(socket.getInputStream(), start.n() + before.size() + after.size());
            List<ReceivedEvent> expected = new ArrayList<>();
            before.forEach(event -> expected.add(expected(start, expected.size(), event)));
            after.forEach(event -> expected.add(expected(start, expected.size(), event)));
            assertEquals(expected, body.heard);
        }
    }

    private static ReceivedEvent expected(EventId start, int index, NewEvent event) {
        String type = event.type();
        String data = event.data().toString().replace("\r\n", "\n").replace('\r', '\n');
        return new ReceivedEvent(start.at(start.n() + 1 + index).toString(), type == null ? "message" : type, data);
    }

    /** The body of one response, chunked or not, as its bytes come. */
    private static final class Body implements HttpResponseParser.Handler {

        private final List<ReceivedEvent> heard = new ArrayList<>();
        private final StandardParser parser = new StandardParser(heard::add);
        private final HttpResponseParser http = new HttpResponseParser(this);
        private final byte[] bytes = new byte[997];

        /** Reads up to an event, or further. */
        void read(InputStream in, long last) throws IOException {
            while (heard.isEmpty() || heard.get(heard.size() - 1).n() < last) {
                int size = in.read(bytes);
                assertTrue(size > 0, "the body ended before event " + last);
                http.take(bytes, 0, size);
            }
        }

        @Override
        public boolean head(String head) {
            assertTrue(head.contains(" 200 OK\r\n"), head);
            return true;
        }

        @Override
        public void body(byte[] part, int from, int to) {
            parser.take(part, from, to);
        }
    }

    @Provide
    Arbitrary<ServerKind> kinds() {
        return Arbitraries.of(SERVERS.keySet());
    }

    @Provide
    Arbitrary<String> versions() {
        return Arbitraries.of("HTTP/1.1", "HTTP/1.1", "HTTP/1.0");
    }

    @Provide
    Arbitrary<List<NewEvent>> events() {
        Arbitrary<@Nullable String> types = Arbitraries.of("\ufeff", " x", "a:b", "data", "\u00fc\ud83d\ude00")
                .injectNull(0.5);
        return Combinators.combine(types, Texts.unicode())
                .as((type, data) -> new NewEvent("t", type, data))
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }
}
