package io.sluice.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A client of HTTP/2 in clear text (RFC 9113) that sends any frames it likes, right or wrong, and tells which come back. */
final class FrameClient implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    private static final int TIMEOUT_MILLIS = 20_000;

    /** Knows the header fields that came before. */
    final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private int streams;

    /** A frame that came. */
    record Frame(int type, int flags, int stream, ByteBuffer payload) {

        /** The code of a reset. */
        int code() {
            return payload.getInt(0);
        }
    }

    /** Connects, and sends the preface with empty settings. */
    FrameClient(int port) throws IOException {
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

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
