package io.sluice.node;

/**
 * Checks UTF-8 (RFC 3629) as its bytes come, and keeps none of them: no overlong form, no surrogate, nothing beyond U+10FFFF.
 * One thread.
 */
final class Utf8Check {

    private static final int LOWEST = 0x80;
    private static final int HIGHEST = 0xBF;

    /** The bytes that the character under way still needs. */
    private int missing;
    /** The bounds of the next of them. */
    private int low = LOWEST;

    private int high = HIGHEST;

    /** Takes the next bytes, {@code from} up to {@code to}. Returns whether they are UTF-8 so far. */
    boolean take(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if ((bytes[i] < 0 || missing > 0) && !takeBeyondAscii(bytes[i] & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** Whether no character is under way. */
    boolean isComplete() {
        return missing == 0;
    }

    private boolean takeBeyondAscii(int next) {
        if (missing == 0) {
            return begin(next);
        }
        boolean fits = next >= low && next <= high;
        missing--;
        low = LOWEST;
        high = HIGHEST;
        return fits;
    }

    /** The first byte says how many follow, and the bounds of the second one. */
    private boolean begin(int first) {
        missing = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        switch (first) {
            case 0xE0 -> low = 0xA0;
            case 0xED -> high = 0x9F;
            case 0xF0 -> low = 0x90;
            case 0xF4 -> high = 0x8F;
            default -> {}
        }
        return first >= 0xC2 && first <= 0xF4;
    }
}
