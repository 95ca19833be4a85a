package io.sluice.testing.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the blocks of a {@code text/event-stream} (WHATWG HTML 9.2.6), however the bytes are cut. It copies no more than data,
 * and lines that are cut, so that the benchmark's load generator can use it.
 */
public final class SseParser {

    /** Takes what is found. Bytes are the parser's own again after each call. */
    public interface Handler {

        /** A line of the block under way. Its value begins at {@code value}. */
        default void line(Field field, byte[] bytes, int from, int value, int to) {}

        /** The end of a block that has data: the first {@code length} bytes. */
        void event(byte[] data, int length);

        /** The end of a block without data. */
        default void blockWithoutData() {}
    }

    /** The field that a line is for. */
    // Nothing writes to the bytes.
    @SuppressWarnings("ImmutableEnumChecker")
    public enum Field {
        COMMENT(""),
        DATA("data"),
        EVENT("event"),
        ID("id"),
        RETRY("retry"),
        UNKNOWN("");

        private final byte[] name;

        Field(String name) {
            this.name = name.getBytes(StandardCharsets.US_ASCII);
        }

        private static Field of(byte[] line, int from, int to) {
            Field field =
                    switch (line[from]) {
                        case ':' -> COMMENT;
                        case 'd' -> DATA;
                        case 'e' -> EVENT;
                        case 'i' -> ID;
                        case 'r' -> RETRY;
                        default -> UNKNOWN;
                    };
            return field == COMMENT || field.isNamed(line, from, to) ? field : UNKNOWN;
        }

        private boolean isNamed(byte[] line, int from, int to) {
            int end = from + name.length;
            return to >= end && Arrays.equals(line, from, end, name, 0, name.length) && (to == end || line[end] == ':');
        }

        /** The begin of the value: behind the colon, and behind one space after it. */
        private int value(byte[] line, int from, int to) {
            int colon = from + name.length;
            boolean space = to > colon + 1 && line[colon + 1] == ' ';
            return this == UNKNOWN ? from : Math.min(to, space ? colon + 2 : colon + 1);
        }
    }

    private static final byte[] NOTHING = {};

    private final Handler handler;
    // The begin of a line whose end is still to come.
    private byte[] carry = NOTHING;
    private int carried;
    private byte[] data = NOTHING;
    private int length;
    private boolean hasData;
    // An LF that follows belongs to the same line end.
    private boolean afterCr;

    public SseParser(Handler handler) {
        this.handler = handler;
    }

    public void take(byte[] bytes, int from, int to) {
        int start = from;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            // The first comparison alone decides for nearly every byte.
            if (b > '\r' || (b != '\n' && b != '\r')) {
                continue;
            }
            if (b == '\n' && afterCr && i == start && carried == 0) {
                afterCr = false;
            } else {
                endLine(bytes, start, i);
                afterCr = b == '\r';
            }
            start = i + 1;
        }
        if (start < to) {
            carry(bytes, start, to);
        }
    }

    private void endLine(byte[] bytes, int from, int to) {
        if (carried == 0) {
            line(bytes, from, to);
            return;
        }
        carry(bytes, from, to);
        int end = carried;
        carried = 0;
        line(carry, 0, end);
    }

    private void carry(byte[] bytes, int from, int to) {
        int size = to - from;
        if (carried + size > carry.length) {
            carry = Arrays.copyOf(carry, 2 * (carried + size));
        }
        System.arraycopy(bytes, from, carry, carried, size);
        carried += size;
        afterCr = false;
    }

    private void line(byte[] bytes, int from, int to) {
        if (from == to) {
            endBlock();
            return;
        }
        Field field = Field.of(bytes, from, to);
        int value = field.value(bytes, from, to);
        if (field == Field.DATA) {
            addData(bytes, value, to);
        }
        handler.line(field, bytes, from, value, to);
    }

    private void addData(byte[] bytes, int from, int to) {
        int size = to - from;
        int needed = length + size + 1;
        if (needed > data.length) {
            data = Arrays.copyOf(data, needed);
        }
        if (hasData) {
            data[length++] = '\n';
        }
        System.arraycopy(bytes, from, data, length, size);
        length += size;
        hasData = true;
    }

    private void endBlock() {
        boolean isEvent = hasData;
        int size = length;
        hasData = false;
        length = 0;
        if (isEvent) {
            handler.event(data, size);
        } else {
            handler.blockWithoutData();
        }
    }
}
