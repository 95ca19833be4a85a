package io.sluice.testing.client;

import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of the TCP bridge, frame by frame and byte by byte. */
public final class BridgeSocket implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;
    /** Small, so that a client that does not read is slow soon. */
    private static final int RECEIVE_BUFFER = 16 * 1024;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    public BridgeSocket(int port) throws IOException {
        socket.setReceiveBufferSize(RECEIVE_BUFFER);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        in = new DataInputStream(socket.getInputStream());
    }

    public static byte[] frame(String text) {
        return frame(text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] frame(byte[] bytes) {
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends one frame with this JSON. */
    public void say(String json) throws IOException {
        write(frame(json));
    }

    /** Waits for the next frame. */
    public JsonObject hear() throws IOException {
        return new JsonObject(hearText());
    }

    /** Waits for the next frame, and leaves its JSON as it is. */
    public String hearText() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
