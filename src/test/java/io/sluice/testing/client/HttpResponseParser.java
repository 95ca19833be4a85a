package io.sluice.testing.client;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads HTTP/1.1 responses as their bytes come, however they are cut: heads, and bodies that come in chunks (RFC 9112, 7.1), have a
 * length, or last as long as the connection. It takes no chunk that is not framed to the letter.
 */
public final class HttpResponseParser {

    /** Takes the parts of a response. */
    public interface Handler {

        /** A head, with its line ends. Answers whether a body follows. */
        boolean head(String head);

        /** A part of the body. The bytes are the caller's own again after the call. */
        void body(byte[] bytes, int from, int to);

        /** The end of a response. */
        default void end() {}

        /** Text behind the size of a chunk. No server that we know sends any. */
        default void extension(String extension) {
            throw new MalformedResponseException("an extension of a chunk: " + extension);
        }
    }

    /** A server sends what is no response. */
    public static final class MalformedResponseException extends RuntimeException {

        private static final long serialVersionUID = 1;

        public MalformedResponseException(String message) {
            super(message);
        }
    }

    private enum State {
        HEAD,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        LAST_CHUNK_END,
        LENGTH,
        UNTIL_CLOSE,
        STOPPED
    }

    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int LONGEST_SIZE_LINE = 1024;
    // The most digits of a chunk's size.
    private static final int MOST_DIGITS = 8;
    private static final String HEAD_END = "\r\n\r\n";
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: ([1-9]\\d*)\r\n");
    private static final String LINE_END = "\r\n";

    private final Handler handler;
    // The head or line under way.
    private final StringBuilder text = new StringBuilder();
    private State state = State.HEAD;
    // Bytes of the chunk, or of the body, that are still to come.
    private long left;

    public HttpResponseParser(Handler handler) {
        this.handler = handler;
    }

    /** Takes the next bytes of a connection. Throws {@link MalformedResponseException} where they are no part of a response. */
    public void take(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            at = switch (state) {
                case CHUNK, LENGTH -> chunk(bytes, at, to);
                case UNTIL_CLOSE -> untilClose(bytes, at, to);
                case STOPPED -> to;
                default -> text(bytes[at], at);
            };
        }
    }

    /** The connection has ended. Answers whether a response may end so. */
    public boolean connectionEnded() {
        if (state == State.UNTIL_CLOSE) {
            end();
        }
        return isBetweenResponses();
    }

    /** Ignores all that is still to come. */
    public void stop() {
        state = State.STOPPED;
    }

    public boolean isBetweenResponses() {
        return state == State.HEAD && text.length() == 0;
    }

    /** Whether a chunk is complete but for its line end. */
    boolean isAtChunkEnd() {
        return state == State.CHUNK_END;
    }

    // ---- lines and heads, byte by byte

    private int text(byte b, int at) {
        text.append((char) (b & 0xff));
        String end = state == State.HEAD ? HEAD_END : LINE_END;
        if (b == '\n' && endsWith(end)) {
            String complete = text.substring(0, text.length() - (state == State.HEAD ? 0 : end.length()));
            text.setLength(0);
            take(complete);
        } else {
            check(b);
        }
        return at + 1;
    }

    private boolean endsWith(String end) {
        int from = text.length() - end.length();
        return from >= 0 && text.indexOf(end, from) == from;
    }

    private void check(byte b) {
        int longest = state == State.HEAD ? LONGEST_HEAD : LONGEST_SIZE_LINE;
        if (text.length() > longest) {
            throw new MalformedResponseException(
                    state == State.HEAD ? "the head of the response does not end" : "the line of a chunk does not end");
        }
        boolean broken = text.length() > 1 && text.charAt(text.length() - 2) == '\r';
        if (state != State.HEAD && (b == '\n' || broken)) {
            throw new MalformedResponseException(
                    "no CR LF at the end of: " + text.toString().strip());
        }
    }

    private void take(String complete) {
        switch (state) {
            case HEAD -> head(complete);
            case CHUNK_SIZE -> chunkSize(complete);
            case CHUNK_END -> {
                requireEmpty(complete);
                state = State.CHUNK_SIZE;
            }
            case LAST_CHUNK_END -> {
                requireEmpty(complete);
                end();
            }
            default -> throw new IllegalStateException("no text in " + state);
        }
    }

    private void head(String head) {
        boolean body = handler.head(head);
        if (body && state != State.STOPPED) {
            boolean chunked = head.toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked\r\n");
            Matcher length = LENGTH.matcher(head);
            boolean sized = !chunked && length.find();
            left = sized ? Long.parseLong(length.group(1)) : 0;
            state = chunked ? State.CHUNK_SIZE : sized ? State.LENGTH : State.UNTIL_CLOSE;
        }
    }

    private void chunkSize(String line) {
        int digits = 0;
        long size = 0;
        for (; digits < line.length() && Character.digit(line.charAt(digits), 16) >= 0; digits++) {
            size = size * 16 + Character.digit(line.charAt(digits), 16);
        }
        if (digits == 0 || digits > MOST_DIGITS) {
            throw new MalformedResponseException("no chunk's size: " + line);
        }
        if (digits < line.length()) {
            handler.extension(line.substring(digits));
        }
        left = size;
        state = size == 0 ? State.LAST_CHUNK_END : State.CHUNK;
    }

    private static void requireEmpty(String line) {
        if (!line.isEmpty()) {
            throw new MalformedResponseException("expected the end of a chunk: " + line);
        }
    }

    private void end() {
        state = State.HEAD;
        handler.end();
    }

    // ---- bodies, as many bytes at once as there are

    private int chunk(byte[] bytes, int at, int to) {
        int size = (int) Math.min(to - at, left);
        left -= size;
        handler.body(bytes, at, at + size);
        if (left == 0 && state == State.LENGTH) {
            end();
        } else if (left == 0) {
            state = State.CHUNK_END;
        }
        return at + size;
    }

    private int untilClose(byte[] bytes, int at, int to) {
        handler.body(bytes, at, to);
        return to;
    }
}
