package io.sluice.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A client of HTTP/2 in clear text (RFC 9113) that sends any frames it likes, right or wrong, and tells which come back. */
final class Http2Peer implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    static final int NO_ERROR = 0;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private int streams;

    /** A frame that came. */
    record Frame(int type, int flags, int stream, ByteBuffer payload) {

        /** The code of a reset or of a GOAWAY. */
        int code() {
            return payload.getInt(type == GOAWAY ? 4 : 0);
        }

        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    /** Connects, and sends the preface with empty settings. */
    Http2Peer(int port) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
        send(PREFACE);
        send(frame(SETTINGS, 0, 0, new byte[0]));
    }

    void send(byte[]... frames) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        out.write(all.toByteArray());
    }

    /** The number of the next stream. */
    int open() {
        return 2 * streams++ + 1;
    }

    static byte[] get(int stream, String path) {
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, head("GET", path));
    }

    static byte[] reset(int stream) {
        return frame(RST_STREAM, 0, stream, integer(CANCEL));
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    static byte[] integer(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /** The header fields of a request, each as RFC 7541 6.2.2 has it: without an index, in plain text. */
    static byte[] head(String method, String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        String[] fields = {":method", method, ":scheme", "http", ":authority", "localhost", ":path", path};
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            text(block, fields[i]);
            text(block, fields[i + 1]);
        }
        return block.toByteArray();
    }

    static void text(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(text.getBytes(US_ASCII));
    }

    /** The next frame of a type; settings are acknowledged meanwhile. */
    Frame await(int type) throws IOException {
        Frame frame = next();
        while (frame.type != type) {
            frame = next();
        }
        return frame;
    }

    Frame next() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        Frame frame = new Frame(type, in.readUnsignedByte(), in.readInt(), ByteBuffer.wrap(in.readNBytes(length)));
        if (frame.type == SETTINGS && frame.flags == 0) {
            send(frame(SETTINGS, 1, 0, new byte[0]));
        }
        return frame;
    }

    /** Waits for the end of the connection. Returns the code of the GOAWAY before it, or -1. */
    int awaitEnd() throws IOException {
        int code = -1;
        try {
            while (true) {
                Frame frame = next();
                code = frame.type == GOAWAY ? frame.code() : code;
            }
        } catch (EOFException | SocketException e) {
            return code;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
