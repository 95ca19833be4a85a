package io.sluice.testing.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client of sockets and bytes: it shows what is on the wire, and reads only when it is told to. It takes no chunk that
 * is not framed to the letter of RFC 9112 7.1.
 */
public final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final byte[] one = new byte[1];
    private @Nullable Answer answer;

    public RawClient(int port) throws IOException {
        this(port, 0);
    }

    /** With a receive buffer of a size, so that a client that does not read is soon a slow one. */
    public RawClient(int port, int receiveBuffer) throws IOException {
        this(port, receiveBuffer, null);
    }

    /** Over TLS, if there is a certificate to trust. */
    public RawClient(int port, int receiveBuffer, @Nullable SSLContext trusting) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Socket top =
                trusting == null ? socket : trusting.getSocketFactory().createSocket(socket, "localhost", port, true);
        in = new BufferedInputStream(top.getInputStream());
        out = top.getOutputStream();
    }

    /** A GET over HTTP/1.1, with header lines. */
    public static RawClient get(int port, String target, String... headers) throws IOException {
        RawClient client = new RawClient(port);
        client.send("GET " + target + " HTTP/1.1", headers);
        return client;
    }

    public void send(String requestLine, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(requestLine).append("\r\nHost: localhost\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        out.write(request.append("\r\n").toString().getBytes(UTF_8));
    }

    /** Bytes as they are, each given as one character. */
    public void write(String bytes) throws IOException {
        out.write(bytes.getBytes(ISO_8859_1));
    }

    /** All that the server sends until it closes the connection, each byte as one character. */
    public String everything() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    /** Sends bytes on a connection of their own, and returns all that comes until the server closes it. */
    public static String exchange(int port, String bytes) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.write(bytes);
            return client.everything();
        }
    }

    /** Several requests in one segment, each waiting for none of the answers. */
    public void pipeline(String... requestLines) throws IOException {
        send(String.join("\r\nHost: localhost\r\n\r\n", requestLines));
    }

    /** The next response's head, its lines ended by LF; the body can be read then. */
    public String head() throws IOException {
        Answer next = new Answer();
        answer = next;
        while (next.head.isEmpty()) {
            next.take(require(in.read()));
        }
        return next.head.replace("\r\n", "\n");
    }

    /** The body's next bytes, up to and with a marker. */
    public String readTo(String marker) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] end = marker.getBytes(UTF_8);
        int last = end[end.length - 1];
        int next;
        do {
            next = next();
            body.write(require(next));
        } while (next != last || !body.toString(UTF_8).endsWith(marker));
        return body.toString(UTF_8);
    }

    /** So many bytes of the body, which are ASCII, or fewer where it ends. */
    public String read(int length) throws IOException {
        StringBuilder body = new StringBuilder(length);
        for (int next = 0; body.length() < length && next >= 0; ) {
            next = next();
            if (next >= 0) {
                body.append((char) next);
            }
        }
        return body.toString();
    }

    /** The next blocks, whole. */
    public String blocks(int count) throws IOException {
        StringBuilder blocks = new StringBuilder();
        for (int i = 0; i < count; i++) {
            blocks.append(readTo("\n\n"));
        }
        return blocks.toString();
    }

    /** The rest of the body, to its end. */
    public String rest() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int next = next(); next >= 0; next = next()) {
            body.write(next);
        }
        return body.toString(UTF_8);
    }

    /** Whether the server has closed the connection, waiting for it. */
    public boolean isClosedByServer() throws IOException {
        return in.read() < 0;
    }

    /** The body's next byte, or -1 at its end. */
    private int next() throws IOException {
        Answer from = Objects.requireNonNull(answer, "the head comes first");
        from.next = -1;
        while (from.next < 0 && !from.ended) {
            int read = in.read();
            if (read < 0 && from.parser.connectionEnded()) {
                return -1;
            }
            from.take(require(read));
        }
        while (from.parser.isAtChunkEnd()) {
            from.take(require(in.read()));
        }
        return from.next;
    }

    /** One response under way, byte by byte. */
    private final class Answer implements HttpResponseParser.Handler {

        private final HttpResponseParser parser = new HttpResponseParser(this);
        private String head = "";
        private int next = -1;
        private boolean ended;

        private void take(int read) {
            one[0] = (byte) read;
            parser.take(one, 0, 1);
        }

        @Override
        public boolean head(String text) {
            head = text;
            return true;
        }

        @Override
        public void body(byte[] bytes, int from, int to) {
            next = bytes[from] & 0xff;
        }

        @Override
        public void end() {
            ended = true;
        }
    }

    private static int require(int read) throws IOException {
        if (read < 0) {
            throw new EOFException("the server ended it");
        }
        return read;
    }

    /** Goes without a farewell: the server gets an RST. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
