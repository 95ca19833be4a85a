package io.sluice.testing.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * An HTTP/2 client of sockets and frames (RFC 9113), in clear text with prior knowledge: it opens its windows only when it is told
 * to, and reads only when it is told to.
 */
public final class RawHttp2Client implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    // RFC 9113 6.
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private final Map<Integer, Answer> answers = new TreeMap<>();
    private int lastStream = -1;

    /** What came of one stream. */
    public static final class Answer {

        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private boolean hasHead;
        private boolean ended;
        private long reset = -1;

        public String body() {
            return body.toString(UTF_8);
        }

        /** How many bytes of the body have come. */
        public int length() {
            return body.size();
        }

        /** Whether the head has come. */
        public boolean hasHead() {
            return hasHead;
        }

        public boolean hasEnded() {
            return ended;
        }

        /** The code of its reset, or -1. */
        public long reset() {
            return reset;
        }
    }

    /**
     * Connects.
     *
     * @param window what each stream may send at first, in bytes
     */
    public RawHttp2Client(int port, int window) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
        out.write(PREFACE.getBytes(US_ASCII));
        out.write(frame(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort((short) INITIAL_WINDOW_SIZE)
                        .putInt(window)
                        .array()));
    }

    /** Sends a GET without a body. Returns its stream. */
    public int get(String path) throws IOException {
        lastStream += 2;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        literal(head, ":method", "GET");
        literal(head, ":scheme", "http");
        literal(head, ":authority", "localhost");
        literal(head, ":path", path);
        answers.put(lastStream, new Answer());
        out.write(frame(HEADERS, END_HEADERS | END_STREAM, lastStream, head.toByteArray()));
        return lastStream;
    }

    /** Lets a stream send more, or the connection if it is 0. */
    public void open(int stream, int bytes) throws IOException {
        out.write(frame(
                WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array()));
    }

    /** The streams that were opened. */
    public List<Integer> streams() {
        return List.copyOf(answers.keySet());
    }

    public Answer answer(int stream) {
        return Objects.requireNonNull(answers.get(stream));
    }

    /** Waits until the server has seen all that was sent: a ping comes back. */
    public void settle() throws IOException {
        out.write(frame(PING, 0, 0, new byte[8]));
        while (next() != PING) {}
    }

    /** Takes the next frame. Returns its type. */
    public int next() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(length);
        switch (type) {
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    out.write(frame(SETTINGS, ACK, 0, new byte[0]));
                }
            }
            case HEADERS, DATA, RST_STREAM -> take(answer(stream), type, flags, payload);
            case GOAWAY -> throw new IOException("GOAWAY: " + new String(payload, 8, length - 8, UTF_8));
            default -> {}
        }
        return type;
    }

    private static void take(Answer answer, int type, int flags, byte[] payload) {
        answer.hasHead |= type == HEADERS;
        answer.ended |= (flags & END_STREAM) != 0 && type != RST_STREAM;
        if (type == DATA) {
            answer.body.writeBytes(payload);
        } else if (type == RST_STREAM) {
            answer.reset = ByteBuffer.wrap(payload).getInt();
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** RFC 7541 6.2.2: a field without indexing, its name and value as they are. */
    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        string(block, name);
        string(block, value);
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        if (bytes.length >= 0x7f) {
            throw new IllegalArgumentException("longer than 126 bytes: " + text);
        }
        block.write(bytes.length);
        block.writeBytes(bytes);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
