package io.sluice.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a connection costs that keeps a socket and does nothing with it: {@code headTimeout} and {@code idleTimeout}. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class ConnectionTimersTest {

    private static final int MANY = 200;
    private static final String GET = "GET /events HTTP/1.1\r\nHost: localhost\r\n";
    private static final String ALIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n";

    /** What a client sends before it falls silent. */
    enum Silence {
        NOTHING(""),
        HALF_A_HEAD(GET),
        HALF_A_PREFACE("PRI * HTTP/2.0\r\n\r\nSM"),
        NOTHING_MORE_THAN_A_PREFACE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        NOTHING_AFTER_THE_ANSWER(ALIVE + "\r\n"),
        HALF_A_HEAD_AFTER_THE_ANSWER(ALIVE + "\r\n" + GET),
        HALF_A_BODY_THAT_NOBODY_WANTS(ALIVE + "Content-Length: 100\r\n\r\nhalf"),
        HALF_A_BODY_THAT_IS_REFUSED(
                "POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\nhalf");

        private final String text;

        Silence(String text) {
            this.text = text;
        }

        byte[] bytes() {
            return text.getBytes(US_ASCII);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSilentConnectionEndsAndASilentSubscriptionDoesNot(Silence silence, Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, new JsonObject());
        try (RawClient patient = RawClient.get(node.port(), "/events")) {
            patient.head();
            patient.blocks(1);
            awaitEnds(node, silence.bytes());
            hearsOf(patient, node);
        }
    }

    @Test
    void aPollThatWaitsIsARequestUnderWay(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, new JsonObject());
        try (RawClient client = RawClient.get(node.port(), "/events?format=json&replay=none&wait=1200ms")) {
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
            assertTrue(client.rest().endsWith("\"ended\":false}"));
        }
    }

    @Test
    void overTlsToo(@TempDir Path directory, Vertx vertx) throws Exception {
        TestCertificate certificate = TestCertificate.in(directory);
        ServedStream node = serveTls(vertx, certificate);
        try (RawClient patient = new RawClient(node.port(), 0, certificate.trusting())) {
            patient.send("GET /events HTTP/1.1");
            patient.head();
            patient.blocks(1);
            List<Socket> sockets = new ArrayList<>();
            for (Silence silence : Silence.values()) {
                for (int i = 0; i < MANY / 10; i++) {
                    sockets.add(connect(node, silence.bytes(), certificate.trusting()));
                }
            }
            for (Socket socket : sockets) {
                awaitEnd(socket);
            }
            hearsOf(patient, node);
        }
    }

    @Test
    void halfAHandshakeIsHalfAHead(@TempDir Path directory, Vertx vertx) throws Exception {
        // A ClientHello of 512 bytes that does not come to its end; and none.
        ServedStream node = serveTls(vertx, TestCertificate.in(directory));
        awaitEnds(node, new byte[] {22, 3, 1, 2, 0, 1, 0}, new byte[0]);
    }

    @Test
    void theHeadHasItsTimeAsAWholeAndNotEachByte(Vertx vertx) throws Exception {
        ServedStream node =
                serve(vertx, new JsonObject().put("headTimeout", "500ms").put("idleTimeout", "20s"));
        try (Socket socket = connect(node, GET.getBytes(US_ASCII), null)) {
            long start = System.nanoTime();
            assertTrue(trickles(socket), "it was ended");
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        }
    }

    @Test
    void aBodyThatNobodyWantsDoesNotGoOnForEver(Vertx vertx) throws Exception {
        ServedStream node =
                serve(vertx, new JsonObject().put("headTimeout", "500ms").put("idleTimeout", "20s"));
        String endless = ALIVE + "Content-Length: 1000000\r\n\r\n";
        try (Socket socket = connect(node, endless.getBytes(US_ASCII), null)) {
            assertTrue(trickles(socket), "it was ended");
        }
    }

    /** Sends a byte now and then. Returns whether the server ended the connection over it. */
    private static boolean trickles(Socket socket) throws Exception {
        for (int i = 0; i < 200; i++) {
            try {
                socket.getOutputStream().write('x');
                Thread.sleep(50);
            } catch (SocketException e) {
                return true;
            }
        }
        return false;
    }

    @Test
    void requestsThatFollowOneAnotherHaveAsMuchTimeAsTheyLike(Vertx vertx) throws Exception {
        ServedStream node =
                serve(vertx, new JsonObject().put("headTimeout", "10s").put("idleTimeout", "2s"));
        assertEquals(200, node.get("/health/live").statusCode());
        try (RawClient client = new RawClient(node.port())) {
            for (int i = 0; i < 30; i++) {
                client.send("GET /health/live HTTP/1.1");
                assertTrue(client.head().startsWith("HTTP/1.1 200"));
                client.readTo("\"outcome\":\"UP\"}");
                Thread.sleep(100);
            }
        }
    }

    @Test
    void aRequestThatWaitsBehindASubscriptionIsAnsweredAfterIt(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, new JsonObject(), "1500ms");
        try (RawClient client = new RawClient(node.port())) {
            client.pipeline("GET /events HTTP/1.1", "GET /health/live HTTP/1.1");
            client.head();
            assertTrue(client.rest().endsWith("event: close\ndata: {}\n\n"));
            assertTrue(client.head().startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void aSubscriptionThatHasEndedLeavesAConnectionThatIsIdle(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, new JsonObject(), "700ms");
        try (RawClient client = RawClient.get(node.port(), "/events")) {
            client.head();
            client.rest();
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void aConnectionOfHttp2WithoutAStreamIsToldToGo(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, new JsonObject());
        try (Http2Peer silent = new Http2Peer(node.port());
                Http2Peer answered = new Http2Peer(node.port());
                Http2Peer halfAHead = new Http2Peer(node.port());
                Http2Peer unended = new Http2Peer(node.port())) {
            answered.send(Http2Peer.get(answered.open(), "/health/live"));
            byte[] head = Http2Peer.head("GET", "/events");
            halfAHead.await(Http2Peer.SETTINGS);
            halfAHead.send(Http2Peer.frame(Http2Peer.HEADERS, Http2Peer.END_STREAM, halfAHead.open(), head));
            unended.send(Http2Peer.frame(
                    Http2Peer.HEADERS, Http2Peer.END_HEADERS, unended.open(), Http2Peer.head("GET", "/health/live")));
            for (Http2Peer peer : List.of(silent, answered, halfAHead, unended)) {
                assertEquals(Http2Peer.NO_ERROR, peer.awaitEnd());
            }
        }
    }

    @Test
    void aConnectionOfHttp2WithASubscriptionStays(Vertx vertx) throws Exception {
        ServedStream node = serve(vertx, new JsonObject());
        try (Http2Peer patient = new Http2Peer(node.port());
                Http2Peer halfAHead = new Http2Peer(node.port())) {
            patient.send(Http2Peer.get(patient.open(), "/events"));
            patient.await(Http2Peer.DATA);
            byte[] head = Http2Peer.head("GET", "/events");
            halfAHead.await(Http2Peer.SETTINGS);
            halfAHead.send(Http2Peer.frame(Http2Peer.HEADERS, Http2Peer.END_STREAM, halfAHead.open(), head));
            halfAHead.awaitEnd();
            Thread.sleep(1500);
            node.stream().publish(List.of(new NewEvent("t", null, "goes on"))).await();
            assertTrue(US_ASCII.decode(patient.await(Http2Peer.DATA).payload())
                    .toString()
                    .contains("goes on"));
        }
    }

    private static void hearsOf(RawClient patient, ServedStream node) throws IOException {
        node.stream().publish(List.of(new NewEvent("t", null, "goes on"))).await();
        assertTrue(patient.blocks(1).contains("goes on"));
    }

    private static void awaitEnds(ServedStream node, byte[]... silences) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (byte[] bytes : silences) {
            for (int i = 0; i < MANY; i++) {
                sockets.add(connect(node, bytes, null));
            }
        }
        for (Socket socket : sockets) {
            awaitEnd(socket);
        }
    }

    private static Socket connect(ServedStream node, byte[] bytes, @Nullable SSLContext tls) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Socket socket = tls == null
                ? new Socket(loopback, node.port())
                : tls.getSocketFactory().createSocket(loopback, node.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(bytes);
        return socket;
    }

    private static void awaitEnd(Socket socket) throws IOException {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {}
        } catch (SocketException | SSLHandshakeException e) {
            // The end may come as a reset, or before the handshake.
        }
    }

    private static ServedStream serveTls(Vertx vertx, TestCertificate certificate) {
        JsonObject tls = new JsonObject()
                .put("certificate", certificate.certificate().toString())
                .put("key", certificate.key().toString());
        return serve(vertx, new JsonObject().put("tls", tls).put("headTimeout", "4s"));
    }

    private static ServedStream serve(Vertx vertx, JsonObject http) {
        return serve(vertx, http, "0s");
    }

    private static ServedStream serve(Vertx vertx, JsonObject http, String lifetime) {
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        JsonObject bounds = new JsonObject()
                .put("host", "127.0.0.1")
                .put("port", 0)
                .put("headTimeout", "300ms")
                .put("idleTimeout", "500ms")
                .mergeIn(http);
        JsonObject sse = new JsonObject().put("lifetime", lifetime).put("heartbeat", "0s");
        JsonObject config = new JsonObject()
                .put("http", bounds)
                .put("publish", new JsonObject().put("enabled", true).put("anonymous", true))
                .put("streams", new JsonObject().put("events", sse));
        return ServedStream.serve(vertx, stream, config.encode());
    }
}
