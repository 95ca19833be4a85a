package io.sluice.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header fields of HTTP/2 as no client sends them that means well: the stream is reset, and the connection goes on. */
class Http2FieldsTest extends QuietServer {

    private static final int PROTOCOL_ERROR = 1;
    private static final int CANCEL = 8;

    // A flag of HEADERS.
    private static final int PRIORITY = 0x20;

    Http2FieldsTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    /** Names and values in turn, each as RFC 7541 6.2.2 has it: without an index, in plain text. */
    private static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i++) {
            if (i % 2 == 0) {
                block.write(0);
            }
            block.write(fields[i].length());
            block.writeBytes(fields[i].getBytes(ISO_8859_1));
        }
        return block.toByteArray();
    }

    /** Fields that are separated by a bar: {@code METHOD PATH | name: value}. Escapes: {@code \r \n \0 \t}, and {@code _} for a space. */
    private static byte[] request(String described) {
        String text = described
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\0", "\0")
                .replace("\\t", "\t");
        String[] parts = text.split(" \\| ", -1);
        String[] line = parts[0].split(" ", -1);
        String[] fields = new String[8 + 2 * (parts.length - 1)];
        String[] head = {
            ":method", line[0], ":scheme", "http", ":authority", "localhost", ":path", line[1].replace('_', ' ')
        };
        System.arraycopy(head, 0, fields, 0, 8);
        for (int i = 1; i < parts.length; i++) {
            int colon = parts[i].indexOf(": ");
            fields[6 + 2 * i] = parts[i].substring(0, colon);
            fields[7 + 2 * i] = parts[i].substring(colon + 2).replace('_', ' ');
        }
        return block(fields);
    }

    private static String status(FrameClient peer, FrameClient.Frame headers) throws Exception {
        int priority = (headers.flags() & PRIORITY) == 0 ? 0 : 5;
        byte[] block = Arrays.copyOfRange(
                headers.payload().array(), priority, headers.payload().array().length);
        return String.valueOf(peer.decoder
                .decodeHeaders(headers.stream(), Unpooled.wrappedBuffer(block))
                .status());
    }

    private static String ask(FrameClient peer, byte[] block) throws Exception {
        int stream = peer.open();
        peer.send(FrameClient.frame(
                FrameClient.HEADERS, FrameClient.END_STREAM | FrameClient.END_HEADERS, stream, block));
        FrameClient.Frame answer = peer.next();
        while (answer.stream() != stream || answer.type() > FrameClient.RST_STREAM) {
            answer = peer.next();
        }
        assertNotEquals(FrameClient.DATA, answer.type());
        return answer.type() == FrameClient.RST_STREAM ? "reset " + answer.code() : status(peer, answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /events | x: a\\r\\nb",
                "GET /events | x: a\\nb",
                "GET /events | x: a\\rb",
                "GET /events | x: a\\0b",
                "GET /events | x: \\r",
                "GET /events | x: _a",
                "GET /events | x: a_",
                "GET /events | x: \\ta",
                "GET /events | last-event-id: a\\nevent:_close",
                "GET /events\\r\\nX:_1",
                "GET /events\\n",
                "GET /\\0",
                "GET\\r\\n /events",
                "GET _/events",
                "GET /events | X-Upper: 1",
                "GET /events | a\\nb: 1",
                "GET /events | :path: /other",
                "GET /events | x: 1 | :scheme: http",
                "GET /events | :status: 200",
                "GET /events | :other: 1",
                "GET /events | connection: close",
                "GET /events | keep-alive: 1",
                "GET /events | proxy-connection: close",
                "GET /events | transfer-encoding: chunked",
                "GET /events | upgrade: h2c",
                "GET /events | te: gzip",
                "GET /events | host: evil.example"
            })
    void aMalformedRequestIsResetAndTheConnectionGoesOn(String described) throws Exception {
        try (FrameClient peer = new FrameClient(node.port())) {
            assertEquals("reset " + PROTOCOL_ERROR, ask(peer, request(described)));
            assertEquals("204", ask(peer, request("OPTIONS /events | x: ok | te: trailers")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x: a\\nb", "x: a\\0", "x: _a", ":path: /other", "connection: close", "X: 1"})
    void malformedTrailersResetTheirStream(String described) throws Exception {
        try (FrameClient peer = new FrameClient(node.port())) {
            int stream = peer.open();
            byte[] trailer = request("GET / | " + described);
            int head = request("GET /").length;
            byte[] block = Arrays.copyOfRange(trailer, head, trailer.length);
            peer.send(
                    FrameClient.frame(
                            FrameClient.HEADERS,
                            FrameClient.END_HEADERS,
                            stream,
                            request("POST /events | content-type: text/plain")),
                    FrameClient.frame(FrameClient.DATA, 0, stream, new byte[] {'x'}),
                    FrameClient.frame(
                            FrameClient.HEADERS, FrameClient.END_STREAM | FrameClient.END_HEADERS, stream, block));
            assertEquals(PROTOCOL_ERROR, peer.await(FrameClient.RST_STREAM).code());
            assertEquals("204", ask(peer, request("OPTIONS /events")));
        }
        assertEquals("", node.wire());
    }

    @Test
    void aClientThatTakesItsPostBackEndsNoOtherRequestOfItsConnection() throws Exception {
        try (FrameClient peer = new FrameClient(node.port())) {
            int stream = peer.open();
            peer.send(
                    FrameClient.frame(
                            FrameClient.HEADERS,
                            FrameClient.END_HEADERS,
                            stream,
                            request("POST /events | content-type: text/plain")),
                    FrameClient.frame(FrameClient.DATA, 0, stream, new byte[] {'x'}),
                    FrameClient.frame(FrameClient.RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL}));
            assertEquals("204", ask(peer, request("OPTIONS /events")));
            assertEquals("204", ask(peer, request("OPTIONS /events")));
        }
        assertEquals("", node.wire());
    }

    @Test
    void goodTrailersAreNoHarm() throws Exception {
        try (FrameClient peer = new FrameClient(node.port())) {
            int stream = peer.open();
            peer.send(
                    FrameClient.frame(
                            FrameClient.HEADERS,
                            FrameClient.END_HEADERS,
                            stream,
                            request("POST /events | content-type: text/plain")),
                    FrameClient.frame(FrameClient.DATA, 0, stream, new byte[] {'x'}),
                    FrameClient.frame(
                            FrameClient.HEADERS,
                            FrameClient.END_STREAM | FrameClient.END_HEADERS,
                            stream,
                            block("x-checksum", "1")));
            assertEquals("201", status(peer, peer.await(FrameClient.HEADERS)));
        }
        assertEquals("id: E-1\ndata: x\n\n", node.wire());
    }

    @Test
    void theRulesOfTargetsAndHostsHoldOverHttp2() throws Exception {
        try (FrameClient peer = new FrameClient(node.port())) {
            assertEquals("400", ask(peer, request("GET /%zz")));
            assertEquals("reset " + PROTOCOL_ERROR, ask(peer, request("GET /a_b\u0001")));
            assertEquals("400", ask(peer, request("GET events")));
            assertEquals("400", ask(peer, request("GET /events?topic=%ff")));
            assertEquals("501", ask(peer, request("TRACE /events")));
            assertEquals("417", ask(peer, request("POST /events | expect: more")));
            assertEquals(
                    "421",
                    ask(peer, block(":method", "GET", ":scheme", "http", ":authority", "evil.example", ":path", "/")));
            assertEquals(
                    "200",
                    ask(
                            peer,
                            block(
                                    ":method",
                                    "HEAD",
                                    ":scheme",
                                    "http",
                                    ":authority",
                                    "evil.example",
                                    ":path",
                                    "/health/live")));
            assertEquals("400", ask(peer, block(":method", "GET", ":scheme", "http", ":path", "/")), "no authority");
            assertEquals("501", ask(peer, block(":method", "CONNECT", ":authority", "localhost:80")));
            assertEquals("204", ask(peer, request("OPTIONS *")));
        }
    }
}
