package io.sluice.node;

/** A number of JSON (RFC 8259 6) as its characters come. One thread. */
final class JsonNumber {

    private enum Part {
        MINUS,
        ZERO,
        INTEGER,
        POINT,
        FRACTION,
        E,
        E_SIGN,
        EXPONENT,
        /** The byte is no part of the number. */
        NONE
    }

    private Part part = Part.NONE;
    private int length;

    /** Begins with a minus or a digit. */
    void begin(byte first) {
        part = first == '-' ? Part.MINUS : first == '0' ? Part.ZERO : Part.INTEGER;
        length = 1;
    }

    /** Returns whether the byte is a part of the number; if not, it was not taken. */
    boolean take(byte next) {
        Part following = following(next);
        if (following == Part.NONE) {
            return false;
        }
        part = following;
        length++;
        return true;
    }

    /** The characters so far. */
    int length() {
        return length;
    }

    /** Whether the number may end here. */
    boolean isComplete() {
        return part == Part.ZERO || part == Part.INTEGER || part == Part.FRACTION || part == Part.EXPONENT;
    }

    private Part following(byte next) {
        if (next >= '0' && next <= '9') {
            return digit(next);
        }
        return switch (next) {
            case '.' -> part == Part.ZERO || part == Part.INTEGER ? Part.POINT : Part.NONE;
            case 'e', 'E' -> isComplete() && part != Part.EXPONENT ? Part.E : Part.NONE;
            case '+', '-' -> part == Part.E ? Part.E_SIGN : Part.NONE;
            default -> Part.NONE;
        };
    }

    private Part digit(byte next) {
        return switch (part) {
            case MINUS -> next == '0' ? Part.ZERO : Part.INTEGER;
            case INTEGER -> Part.INTEGER;
            case POINT, FRACTION -> Part.FRACTION;
            case E, E_SIGN, EXPONENT -> Part.EXPONENT;
            case ZERO, NONE -> Part.NONE;
        };
    }
}
