package io.sluice.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the events in the body of a {@code text/event-stream} (WHATWG HTML 9.2.6), however the bytes are cut. Of an event it
 * knows the data only: the rest is not measured.
 */
final class EventParser {

    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    /** Takes an event's data: the first {@code length} bytes, which are the parser's own again after the call. */
    interface Ear {
        void event(byte[] data, int length);
    }

    private final Ear ear;
    private byte[] carry = NOTHING; // the begin of a line of which the end is still to come
    private int carried;
    private byte[] data = NOTHING;
    private int length;
    private boolean hasData;
    private boolean afterCr; // an LF that follows belongs to the same line end

    EventParser(Ear ear) {
        this.ear = ear;
    }

    void take(byte[] bytes, int from, int to) {
        int start = from;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b > '\r' || (b != '\n' && b != '\r')) { // the first alone decides for nearly every byte
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
            endEvent();
        } else if (isData(bytes, from, to)) {
            int colon = from + DATA.length;
            boolean space = to > colon + 1 && bytes[colon + 1] == ' ';
            addData(bytes, Math.min(to, space ? colon + 2 : colon + 1), to);
        }
    }

    private static boolean isData(byte[] bytes, int from, int to) {
        int end = from + DATA.length;
        return to >= end && Arrays.equals(bytes, from, end, DATA, 0, DATA.length) && (to == end || bytes[end] == ':');
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

    private void endEvent() {
        if (hasData) {
            ear.event(data, length);
            hasData = false;
            length = 0;
        }
    }
}
