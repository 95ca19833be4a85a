package io.sluice.testing.client;

import java.util.function.Consumer;

/**
 * Interprets a {@code text/event-stream} as WHATWG HTML 9.2.6 says, sentence by sentence, and its bytes as the UTF-8 decoder of WHATWG
 * Encoding 8.1.1. For tests of what the server writes; it shares no code with it. {@link SseParser} is the quick one.
 *
 * <pre>
 *    bytes --> decode: code points --> split: lines --> process: fields --> dispatch: events
 * </pre>
 */
public final class StandardParser {

    private static final int BOM = 0xfeff;
    private static final int REPLACEMENT = 0xfffd;

    private final Consumer<ReceivedEvent> reader;

    // ---- the decoder: the code point under way, and the bounds of its next byte
    private int codePoint;
    private int bytesSeen;
    private int bytesNeeded;
    private int lowerBoundary = 0x80;
    private int upperBoundary = 0xbf;
    private boolean decoded;

    // ---- the line under way
    private final StringBuilder line = new StringBuilder();
    private boolean afterCarriageReturn;

    // ---- the buffers of the standard
    private final StringBuilder data = new StringBuilder();
    private String eventType = "";
    private String lastEventIdBuffer = "";
    private String lastEventId = "";
    private long reconnectionTime = -1;

    /** @param reader takes each event; its type is {@code message} if the stream names none */
    public StandardParser(Consumer<ReceivedEvent> reader) {
        this.reader = reader;
    }

    /** What an EventSource would send as {@code Last-Event-ID}. */
    public String lastEventId() {
        return lastEventId;
    }

    /** In milliseconds; -1 if the stream has not said. */
    public long reconnectionTime() {
        return reconnectionTime;
    }

    /** Takes the next bytes. What has no end yet when there are no more is no event. */
    public void take(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            decode(bytes[i] & 0xff);
        }
    }

    private void decode(int next) {
        if (bytesNeeded == 0) {
            begin(next);
        } else if (next < lowerBoundary || next > upperBoundary) {
            reset();
            emit(REPLACEMENT);
            // "Restore byte to ioQueue."
            decode(next);
        } else {
            lowerBoundary = 0x80;
            upperBoundary = 0xbf;
            codePoint = codePoint << 6 | (next & 0x3f);
            bytesSeen++;
            if (bytesSeen == bytesNeeded) {
                int whole = codePoint;
                reset();
                emit(whole);
            }
        }
    }

    private void begin(int next) {
        if (next <= 0x7f) {
            emit(next);
        } else if (next >= 0xc2 && next <= 0xdf) {
            bytesNeeded = 1;
            codePoint = next & 0x1f;
        } else if (next >= 0xe0 && next <= 0xef) {
            lowerBoundary = next == 0xe0 ? 0xa0 : lowerBoundary;
            upperBoundary = next == 0xed ? 0x9f : upperBoundary;
            bytesNeeded = 2;
            codePoint = next & 0xf;
        } else if (next >= 0xf0 && next <= 0xf4) {
            lowerBoundary = next == 0xf0 ? 0x90 : lowerBoundary;
            upperBoundary = next == 0xf4 ? 0x8f : upperBoundary;
            bytesNeeded = 3;
            codePoint = next & 0x7;
        } else {
            emit(REPLACEMENT);
        }
    }

    private void reset() {
        codePoint = 0;
        bytesSeen = 0;
        bytesNeeded = 0;
        lowerBoundary = 0x80;
        upperBoundary = 0xbf;
    }

    private void emit(int next) {
        boolean leadingMark = !decoded && next == BOM;
        decoded = true;
        if (!leadingMark) {
            split(next);
        }
    }

    /** A line ends with CR LF, LF or CR; the LF may come later than the CR. */
    private void split(int next) {
        boolean within = afterCarriageReturn && next == '\n';
        afterCarriageReturn = next == '\r';
        if (within) {
            return;
        }
        if (next == '\r' || next == '\n') {
            String whole = line.toString();
            line.setLength(0);
            process(whole);
        } else {
            line.appendCodePoint(next);
        }
    }

    private void process(String whole) {
        int colon = whole.indexOf(':');
        if (whole.isEmpty()) {
            dispatch();
        } else if (colon > 0) {
            String value = whole.substring(colon + 1);
            process(whole.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
        } else if (colon < 0) {
            process(whole, "");
        }
    }

    private void process(String field, String value) {
        switch (field) {
            case "event" -> eventType = value;
            case "data" -> data.append(value).append('\n');
            case "id" -> {
                if (value.indexOf('\0') < 0) {
                    lastEventIdBuffer = value;
                }
            }
            case "retry" -> {
                if (value.matches("[0-9]+")) {
                    reconnectionTime = Long.parseLong(value);
                }
            }
            default -> {}
        }
    }

    private void dispatch() {
        lastEventId = lastEventIdBuffer;
        if (data.length() > 0) {
            data.setLength(data.length() - 1);
            reader.accept(new ReceivedEvent(lastEventId, eventType.isEmpty() ? "message" : eventType, data.toString()));
        }
        data.setLength(0);
        eventType = "";
    }
}
