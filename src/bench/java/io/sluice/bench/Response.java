package io.sluice.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Locale;

/** What a server answers to one GET for events, however the bytes are cut: the head, then a body, chunked or not. */
final class Response {

    private static final int LONGEST_HEAD = 16 * 1024;
    private static final byte[] NOTHING = {};

    private enum State {
        HEAD,
        SIZE, // of a chunk
        EXTENSION, // to the end of the line of the size
        CHUNK,
        CHUNK_END,
        PLAIN, // a body that lasts as long as the connection
        ENDED
    }

    private final EventParser events;
    private State state = State.HEAD;
    private byte[] head = NOTHING;
    private long left; // of the chunk
    private String problem = "";

    Response(EventParser events) {
        this.events = events;
    }

    /** Whether the head has come, and promises events. */
    boolean isOpen() {
        return state != State.HEAD && state != State.ENDED;
    }

    /** Whether nothing more is to come: the body has ended, or there is a {@link #problem()}. */
    boolean hasEnded() {
        return state == State.ENDED;
    }

    /** Why these are no events, or nothing. */
    String problem() {
        return problem;
    }

    void take(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && state != State.ENDED) {
            at = switch (state) {
                case HEAD -> head(bytes, at, to);
                case SIZE -> size(bytes, at);
                case EXTENSION -> extension(bytes, at);
                case CHUNK -> chunk(bytes, at, to);
                case CHUNK_END -> chunkEnd(bytes, at);
                case PLAIN -> plain(bytes, at, to);
                case ENDED -> to;
            };
        }
    }

    // ---- the head

    private int head(byte[] bytes, int at, int to) {
        int before = head.length;
        head = Arrays.copyOf(head, before + to - at);
        System.arraycopy(bytes, at, head, before, to - at);
        int end = endOfHead(Math.max(0, before - 3));
        if (end < 0) {
            if (head.length > LONGEST_HEAD) {
                fail("the head of the response does not end");
            }
            return to;
        }
        judge(new String(head, 0, end, ISO_8859_1));
        head = NOTHING;
        return at + end - before;
    }

    private int endOfHead(int from) {
        for (int i = from; i + 4 <= head.length; i++) {
            if (head[i] == '\r' && head[i + 1] == '\n' && head[i + 2] == '\r' && head[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private void judge(String text) {
        String status = text.substring(0, text.indexOf('\r'));
        String fields = text.toLowerCase(Locale.ROOT);
        if (!status.matches("HTTP/1\\.[01] 200.*")) {
            fail("it answers " + status);
        } else if (!fields.contains("\r\ncontent-type: text/event-stream")) {
            fail("it answers with something else than text/event-stream");
        } else {
            state = fields.contains("\r\ntransfer-encoding: chunked\r") ? State.SIZE : State.PLAIN;
        }
    }

    private void fail(String why) {
        problem = why;
        state = State.ENDED;
    }

    // ---- the body: RFC 9112, 7.1

    private int size(byte[] bytes, int at) {
        int digit = Character.digit(bytes[at], 16);
        if (digit < 0) {
            state = State.EXTENSION;
            return at;
        }
        left = left * 16 + digit;
        return at + 1;
    }

    private int extension(byte[] bytes, int at) {
        if (bytes[at] == '\n') {
            state = left == 0 ? State.ENDED : State.CHUNK;
        }
        return at + 1;
    }

    private int chunk(byte[] bytes, int at, int to) {
        int size = (int) Math.min(to - at, left);
        events.take(bytes, at, at + size);
        left -= size;
        if (left == 0) {
            state = State.CHUNK_END;
        }
        return at + size;
    }

    private int chunkEnd(byte[] bytes, int at) {
        if (bytes[at] == '\n') {
            state = State.SIZE;
        }
        return at + 1;
    }

    private int plain(byte[] bytes, int at, int to) {
        events.take(bytes, at, to);
        return to;
    }
}
