package io.sluice.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads values from a buffer in a row; and the two shapes, a text and an event, that are sent from node to node. One thread only.
 *
 * <p>What breaks off fails with {@link IndexOutOfBoundsException}.
 */
public final class BufferReader {

    private final Buffer bytes;
    private int at;

    public BufferReader(Buffer bytes) {
        this.bytes = bytes;
    }

    /** Appends a text: its length in bytes, and its UTF-8. */
    public static Buffer appendText(Buffer to, String text) {
        return appendBytes(to, text.getBytes(UTF_8));
    }

    private static Buffer appendBytes(Buffer to, byte[] bytes) {
        return to.appendInt(bytes.length).appendBytes(bytes);
    }

    /** Appends an event. */
    public static void appendEvent(Buffer to, NewEvent event) {
        appendText(to, event.topic());
        appendText(to, event.type() == null ? "" : event.type());
        appendBytes(to, event.data().toByteArray());
        to.appendByte((byte) (event.forget() ? 1 : 0));
    }

    public byte nextByte() {
        return bytes.getByte(at++);
    }

    public int nextInt() {
        at += Integer.BYTES;
        return bytes.getInt(at - Integer.BYTES);
    }

    public long nextLong() {
        at += Long.BYTES;
        return bytes.getLong(at - Long.BYTES);
    }

    public String nextText() {
        return nextBytes().toString();
    }

    private Bytes nextBytes() {
        int length = nextInt();
        if (length < 0 || length > bytes.length() - at) {
            throw new IndexOutOfBoundsException("text of " + length + " bytes");
        }
        at += length;
        return Bytes.copyOf(bytes.getBytes(at - length, at));
    }

    public NewEvent nextEvent() {
        String topic = nextText();
        @Nullable String type = nextText();
        return new NewEvent(topic, type.isEmpty() ? null : type, nextBytes(), nextByte() != 0);
    }
}
