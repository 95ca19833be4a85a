package io.sluice.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.log.Bytes;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/**
 * The text of a part of a URL, or of a header field: UTF-8, percent-encoded or as it is. Netty and Vert.x hand each byte of a
 * request's head over as one character, and where they decode it they put U+FFFD for what is broken.
 */
final class UrlText {

    /** No character, and no byte. */
    private static final int NONE = Integer.MIN_VALUE;

    private UrlText() {}

    /**
     * Decodes a part of a path.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static String decode(String part) {
        return decode(part, '%', NONE);
    }

    /**
     * Decodes a name or a value of a query, where a plus is a space (WHATWG URL 5.1).
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static String decodeForm(String part) {
        return decode(part, '%', '+');
    }

    /**
     * Decodes the value of a header field, in which nothing is escaped.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static String decodeField(String value) {
        return decode(value, NONE, NONE);
    }

    private static String decode(String text, int escape, int space) {
        if (isPlain(text, escape, space)) {
            return text;
        }
        byte[] bytes = text.getBytes(ISO_8859_1);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == escape) {
                bytes[length++] = escaped(text, i + 1);
                i += 2;
            } else {
                bytes[length++] = bytes[i] == space ? (byte) ' ' : bytes[i];
            }
        }
        try {
            return Bytes.decode(Arrays.copyOf(bytes, length));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text that is not UTF-8", e);
        }
    }

    private static boolean isPlain(String text, int escape, int space) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == escape || c == space || c > 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static byte escaped(String text, int at) {
        int high = at + 1 < text.length() ? Character.digit(text.charAt(at), 16) : NONE;
        int low = high < 0 ? NONE : Character.digit(text.charAt(at + 1), 16);
        if (low < 0) {
            throw new IllegalArgumentException("a % that no two hexadecimal digits follow");
        }
        return (byte) (high << 4 | low);
    }
}
