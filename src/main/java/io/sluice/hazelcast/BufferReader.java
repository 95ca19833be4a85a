package io.sluice.hazelcast;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads values from a buffer in a row; and the two shapes, a text and an event, that the ring and the bus share. */
final class BufferReader {

    private final Buffer bytes;
    private int at;

    BufferReader(Buffer bytes) {
        this.bytes = bytes;
    }

    /** Appends a text: its length in bytes, and its UTF-8. */
    static Buffer appendText(Buffer to, String text) {
        return appendBytes(to, text.getBytes(UTF_8));
    }

    private static Buffer appendBytes(Buffer to, byte[] bytes) {
        return to.appendInt(bytes.length).appendBytes(bytes);
    }

    static void appendEvent(Buffer to, NewEvent event) {
        appendText(to, event.topic());
        appendText(to, event.type() == null ? "" : event.type());
        appendBytes(to, event.data().toByteArray());
    }

    byte nextByte() {
        return bytes.getByte(at++);
    }

    int nextInt() {
        at += Integer.BYTES;
        return bytes.getInt(at - Integer.BYTES);
    }

    long nextLong() {
        at += Long.BYTES;
        return bytes.getLong(at - Long.BYTES);
    }

    String nextText() {
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

    NewEvent nextEvent() {
        String topic = nextText();
        @Nullable String type = nextText();
        return new NewEvent(topic, type.isEmpty() ? null : type, nextBytes());
    }
}
