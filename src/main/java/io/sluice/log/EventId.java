package io.sluice.log;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The id of an event, and so a position in a stream: {@code <epoch>-<n>}, as in {@code k3f9a2-1024}.
 *
 * <p>At most {@value #MAX_LENGTH} characters of {@code [a-z0-9-]}: what a browser may send in a cross-origin
 * {@code Last-Event-ID} without a preflight, <a href="https://fetch.spec.whatwg.org/#cors-safelisted-request-header">Fetch</a>.
 *
 * @param epoch the life of the log that gave the id: 1 to 12 characters of {@code [a-z0-9]}; a log that has lost its past
 *     takes a new one
 * @param n the number within the stream, dense: 1, 2, 3 and on; 0 is the position before the first event
 */
public record EventId(String epoch, long n) {

    /** The longest text of an id, in characters. */
    public static final int MAX_LENGTH = 32;

    // A hyphen and Long.MAX_VALUE leave so much of MAX_LENGTH.
    private static final int MAX_EPOCH = 12;
    private static final int FRESH_EPOCH = 6;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final String LETTERS_AND_DIGITS = LETTERS + "0123456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    public EventId {
        if (!isEpoch(epoch)) {
            throw new IllegalArgumentException("epoch " + epoch + ": expected 1 to 12 characters of a-z and 0-9");
        }
        if (n < 0) {
            throw new IllegalArgumentException("n " + n + ": expected 0 or more");
        }
    }

    /** The position before the first event of a log that starts now: an epoch never used before, and 0. */
    public static EventId fresh() {
        StringBuilder epoch = new StringBuilder(FRESH_EPOCH);
        epoch.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        while (epoch.length() < FRESH_EPOCH) {
            epoch.append(LETTERS_AND_DIGITS.charAt(RANDOM.nextInt(LETTERS_AND_DIGITS.length())));
        }
        return new EventId(epoch.toString(), 0);
    }

    /** Reads what {@link #toString()} wrote; null if the text is anything else. Never throws: the text is a client's. */
    public static @Nullable EventId parse(String text) {
        int hyphen = text.lastIndexOf('-');
        if (hyphen < 1 || text.length() > MAX_LENGTH || !isEpoch(text.substring(0, hyphen))) {
            return null;
        }
        try {
            EventId id = new EventId(text.substring(0, hyphen), Long.parseLong(text, hyphen + 1, text.length(), 10));
            // No log gives out "+7" or "007".
            return id.toString().equals(text) ? id : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The position {@code n} of the same epoch. */
    public EventId at(long position) {
        return new EventId(epoch, position);
    }

    @Override
    public String toString() {
        return epoch + '-' + n;
    }

    private static boolean isEpoch(String text) {
        // No stream: each event has an id.
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_EPOCH;
    }
}
