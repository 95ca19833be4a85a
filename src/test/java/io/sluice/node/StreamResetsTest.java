package io.sluice.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.CapturedOutput;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of HTTP/2 that are reset, by clients that leave and by clients that attack; and floods of other frames. */
@ExtendWith(VertxExtension.class)
@Timeout(120)
class StreamResetsTest {

    private static final int FLOOD = 20_000;

    @Test
    void clientsThatLeaveTheirSubscriptionsLeaveTheOthersOnTheirConnection(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx);
        try (Http2Peer proxy = new Http2Peer(node.port())) {
            int patient = proxy.open();
            proxy.send(Http2Peer.get(patient, "/events"));
            proxy.await(Http2Peer.DATA);
            for (int i = 0; i < 500; i++) {
                int brief = proxy.open();
                proxy.send(Http2Peer.get(brief, "/events"));
                proxy.await(Http2Peer.DATA);
                proxy.send(Http2Peer.reset(brief));
            }
            hearsOf(proxy, patient, node);
        }
    }

    /** A proxy loses its clients, all at once, and has as many again a moment later. */
    @Test
    void aCrowdMayLeaveAtOnce(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx);
        try (Http2Peer proxy = new Http2Peer(node.port())) {
            int patient = proxy.open();
            proxy.send(Http2Peer.get(patient, "/events"));
            proxy.await(Http2Peer.DATA);
            for (int round = 0; round < 4; round++) {
                Deque<Integer> crowd = new ArrayDeque<>();
                for (int i = 0; i < 500; i++) {
                    crowd.add(proxy.open());
                    proxy.send(Http2Peer.get(crowd.getLast(), "/events"));
                    proxy.await(Http2Peer.DATA);
                }
                Thread.sleep(2100);
                for (int stream : crowd) {
                    proxy.send(Http2Peer.reset(stream));
                }
            }
            hearsOf(proxy, patient, node);
        }
    }

    @Test
    void aRapidResetEndsTheConnectionAndIsLoggedOnce(Vertx vertx) throws Exception {
        try (CapturedOutput log = new CapturedOutput()) {
            ServedStream node = serve(vertx);
            try (Http2Peer attacker = new Http2Peer(node.port())) {
                flood(() -> {
                    int stream = attacker.open();
                    attacker.send(Http2Peer.get(stream, "/events"), Http2Peer.reset(stream));
                });
                assertEndsForIt(attacker, log);
            }
        }
    }

    /** CVE-2025-8671: the client breaks the protocol of a stream, again and again. */
    @Test
    void aServerThatIsMadeToResetIsAttackedToo(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx);
        try (CapturedOutput log = new CapturedOutput();
                Http2Peer attacker = new Http2Peer(node.port())) {
            flood(() -> {
                int stream = attacker.open();
                byte[] noIncrement = Http2Peer.frame(Http2Peer.WINDOW_UPDATE, 0, stream, Http2Peer.integer(0));
                attacker.send(Http2Peer.get(stream, "/events"), noIncrement);
            });
            assertEndsForIt(attacker, log);
        }
    }

    /** What the attacker has not read is lost if the end of the connection overtakes it: then the log says why it ended. */
    private static void assertEndsForIt(Http2Peer attacker, CapturedOutput log) throws Exception {
        int code = attacker.awaitEnd();
        assertTrue(code == Http2Peer.ENHANCE_YOUR_CALM || code == -1, "code " + code);
        log.await("WARN .* /127.0.0.1:\\d+: its HTTP/2 connection is ended: too many streams were reset");
        assertEquals(1, log.text().lines().count(), log.text());
    }

    /** Frames that cost the server something, and the client nothing; each has a limit in Netty. */
    enum Flooding {
        PINGS {
            @Override
            void send(Http2Peer peer) throws IOException {
                peer.send(Http2Peer.frame(Http2Peer.PING, 0, 0, new byte[8]));
            }
        },
        SETTINGS {
            @Override
            void send(Http2Peer peer) throws IOException {
                peer.send(Http2Peer.frame(Http2Peer.SETTINGS, 0, 0, new byte[0]));
            }
        },
        EMPTY_DATA {
            @Override
            void begin(Http2Peer peer) throws IOException {
                byte[] head = Http2Peer.head("POST", "/events");
                peer.send(Http2Peer.frame(Http2Peer.HEADERS, Http2Peer.END_HEADERS, peer.open(), head));
            }

            @Override
            void send(Http2Peer peer) throws IOException {
                peer.send(Http2Peer.frame(Http2Peer.DATA, 0, 1, new byte[0]));
            }
        },
        CONTINUATIONS {
            @Override
            void begin(Http2Peer peer) throws IOException {
                byte[] head = Http2Peer.head("GET", "/events");
                peer.await(Http2Peer.SETTINGS);
                peer.send(Http2Peer.frame(Http2Peer.HEADERS, Http2Peer.END_STREAM, peer.open(), head));
            }

            @Override
            void send(Http2Peer peer) throws IOException {
                peer.send(Http2Peer.frame(Http2Peer.CONTINUATION, 0, 1, new byte[0]));
            }
        },
        LARGE_HEADS {
            @Override
            void send(Http2Peer peer) throws IOException {
                ByteArrayOutputStream block = new ByteArrayOutputStream();
                // An entry of 4 kB of the table, and 500 references to it.
                block.write(0x40);
                Http2Peer.text(block, "x");
                block.write(127);
                block.write(0x80 | (3873 & 0x7f));
                block.write(3873 >> 7);
                block.writeBytes("y".repeat(4000).getBytes(UTF_8));
                for (int i = 0; i < 500; i++) {
                    block.write(0x80 | 62);
                }
                peer.send(Http2Peer.frame(
                        Http2Peer.HEADERS,
                        Http2Peer.END_STREAM | Http2Peer.END_HEADERS,
                        peer.open(),
                        block.toByteArray()));
            }
        };

        void begin(Http2Peer peer) throws IOException {}

        abstract void send(Http2Peer peer) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void aFloodOfFramesEndsItsConnectionAndNoOther(Flooding flooding, Vertx vertx) throws Exception {
        ServedStream node = serve(vertx);
        try (Http2Peer honest = new Http2Peer(node.port());
                Http2Peer attacker = new Http2Peer(node.port())) {
            int patient = honest.open();
            honest.send(Http2Peer.get(patient, "/events"));
            honest.await(Http2Peer.DATA);
            flooding.begin(attacker);
            flood(() -> flooding.send(attacker));
            hearsOf(honest, patient, node);
            if (flooding != Flooding.PINGS && flooding != Flooding.SETTINGS) {
                // Those two cost an answer each, and as many as the socket takes are allowed.
                attacker.awaitEnd();
            }
        }
    }

    private interface Step {
        void take() throws IOException;
    }

    /** Repeats what the attacker does until the server ends the connection. It reads nothing. */
    private static void flood(Step step) throws IOException {
        try {
            for (int i = 0; i < FLOOD; i++) {
                step.take();
            }
        } catch (SocketException e) {
            // The server has ended it.
        }
    }

    private static void hearsOf(Http2Peer peer, int stream, ServedStream node) throws IOException {
        node.stream().publish(List.of(new NewEvent("t", null, "goes on"))).await();
        Http2Peer.Frame frame;
        do {
            frame = peer.await(Http2Peer.DATA);
        } while (frame.stream() != stream
                || !UTF_8.decode(frame.payload()).toString().contains("goes on"));
    }

    private static ServedStream serve(Vertx vertx) {
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        return ServedStream.serve(vertx, stream, """
                {
                  "streams": { "events": { "lifetime": "0s" } },
                  "http": { "host": "127.0.0.1", "port": 0 },
                  "publish": { "enabled": true, "anonymous": true }
                }
                """);
    }
}
