package io.sluice.hazelcast;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Reads one after the other what was appended to a buffer; and the two shapes that ring and bus have in common. */
final class BufferReader {

    private final Buffer bytes;
    private int at;

    BufferReader(Buffer bytes) {
        this.bytes = bytes;
    }

    /** Appends a text: its length in bytes, and UTF-8. */
    static Buffer text(Buffer to, String text) {
        return bytes(to, text.getBytes(UTF_8));
    }

    private static Buffer bytes(Buffer to, byte[] bytes) {
        return to.appendInt(bytes.length).appendBytes(bytes);
    }

    static void publication(Buffer to, NewEvent publication) {
        text(to, publication.topic());
        text(to, publication.type() == null ? "" : publication.type());
        bytes(to, publication.data().toByteArray());
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

    NewEvent nextPublication() {
        String topic = nextText();
        @Nullable String type = nextText();
        return new NewEvent(topic, type.isEmpty() ? null : type, nextBytes());
    }
}
