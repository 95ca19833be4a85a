package io.sluice.webroot;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file that a request wants (RFC 9110 14).
 *
 * @param from the first byte, from 0
 * @param length in bytes
 */
record ByteRange(long from, long length, Kind kind) {

    enum Kind {
        /** All bytes, because no range is asked for, or none that is understood. */
        WHOLE,
        PART,
        /** No byte of the file is in the range. */
        UNSATISFIABLE
    }

    /** One range. Several ranges in one request are answered with all bytes, which is allowed. */
    private static final Pattern ONE =
            Pattern.compile("bytes=[ \\t]*(?:(\\d+)-(\\d*)|-(\\d+))[ \\t]*", Pattern.CASE_INSENSITIVE);

    /** A number with more digits is beyond every file. */
    private static final int MAX_DIGITS = 18;

    static ByteRange whole(long size) {
        return new ByteRange(0, size, Kind.WHOLE);
    }

    /**
     * The range of a request.
     *
     * @param header the field {@code Range}
     * @param size of the file, in bytes
     */
    static ByteRange of(@Nullable String header, long size) {
        Matcher range = ONE.matcher(header == null ? "" : header);
        if (!range.matches()) {
            return whole(size);
        }
        if (range.group(1) == null) {
            return suffix(number(range.group(3)), size);
        }
        long first = number(range.group(1));
        long last = range.group(2).isEmpty() ? Long.MAX_VALUE : number(range.group(2));
        if (last < first) {
            return whole(size);
        }
        return first >= size
                ? new ByteRange(0, 0, Kind.UNSATISFIABLE)
                : new ByteRange(first, Math.min(last, size - 1) - first + 1, Kind.PART);
    }

    private static ByteRange suffix(long length, long size) {
        if (length == 0) {
            return new ByteRange(0, 0, Kind.UNSATISFIABLE);
        }
        long sent = Math.min(length, size);
        // A Content-Range cannot name no byte.
        return size == 0 ? whole(size) : new ByteRange(size - sent, sent, Kind.PART);
    }

    private static long number(String digits) {
        return digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
    }

    /** The field {@code Content-Range} of a part. */
    String contentRange(long size) {
        return "bytes " + from + '-' + (from + length - 1) + '/' + size;
    }
}
