package io.sluice.bench;

/** The messages that are published: {@code {"t":<epoch ns>,"n":<sequence>,"p":"padding"}}. */
final class Message {

    static final long NONE = -1;

    private static final String END = "\"}";

    private Message() {}

    /** The text of a message, padded to a size in bytes. */
    static String of(long time, long number, int size) {
        String begin = "{\"t\":" + time + ",\"n\":" + number + ",\"p\":\"";
        return begin + "x".repeat(Math.max(0, size - begin.length() - END.length())) + END;
    }

    /** When it was due, in nanoseconds since 1970, or {@link #NONE}. */
    static long time(byte[] text, int length) {
        return number(text, length, 't');
    }

    /** Its place in the sequence, or {@link #NONE}. */
    static long sequence(byte[] text, int length) {
        return number(text, length, 'n');
    }

    private static long number(byte[] text, int length, char key) {
        for (int i = 0; i + 4 < length; i++) {
            if (text[i] == '"' && text[i + 1] == key && text[i + 2] == '"' && text[i + 3] == ':') {
                return digits(text, i + 4, length);
            }
        }
        return NONE;
    }

    private static long digits(byte[] text, int from, int length) {
        int at = from;
        while (at < length && text[at] == ' ') {
            at++;
        }
        long value = 0;
        int first = at;
        for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
            value = value * 10 + (text[at] - '0');
        }
        return at == first ? NONE : value;
    }
}
