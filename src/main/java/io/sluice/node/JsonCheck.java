package io.sluice.node;

import io.sluice.stream.JsonBounds;
import java.util.BitSet;

/**
 * Checks that a text is one JSON value (RFC 8259) as its bytes come, and keeps none of them. The work of a call is in proportion
 * to its bytes, however the value is built.
 *
 * <p>Jackson's parsers do not serve: the one that can be fed keeps each string of the value once more, as chars, and the other one
 * wants the whole value. A test compares the verdicts. Whether the bytes are UTF-8 is {@link Utf8Check}'s affair. One thread.
 */
final class JsonCheck {

    private enum State {
        /** A value begins here. */
        VALUE,
        /** A value begins here, or the list ends. */
        VALUE_OR_END,
        /** A name begins here. */
        NAME,
        /** A name begins here, or the object ends. */
        NAME_OR_END,
        COLON,
        /** A value has ended. */
        AFTER,
        STRING,
        ESCAPE,
        HEX,
        LITERAL,
        NUMBER
    }

    private State state = State.VALUE;
    /** All bytes so far. */
    private long taken;

    private boolean isBlank = true;
    /** The objects and lists around the next byte: set for an object. */
    private final BitSet objects = new BitSet(JsonBounds.MAX_LEVELS);

    private int levels;
    private final JsonNumber number = new JsonNumber();
    private String literal = "";
    private boolean isName;
    /** The bytes of the string or the literal under way. */
    private int length;

    private int hexDigits;

    /** Takes the next bytes, {@code from} up to {@code to}. Fails with {@link IllegalArgumentException} at the first wrong one. */
    void take(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (state == State.STRING) {
                int end = endOfPlain(bytes, i, to);
                lengthen(end - i);
                taken += end - i;
                i = end;
            }
            if (i < to) {
                taken++;
                take(bytes[i]);
            }
        }
    }

    /** Fails with {@link IllegalArgumentException} if the bytes were not one whole value. */
    void end() {
        if (isBlank) {
            throw new IllegalArgumentException("is empty: expected JSON");
        }
        if (levels > 0 || !(state == State.AFTER || (state == State.NUMBER && number.isComplete()))) {
            throw new IllegalArgumentException("is not JSON: it ends within a value");
        }
    }

    /** Whether there was nothing but white space. */
    boolean isBlank() {
        return isBlank;
    }

    /** Begins with another value. */
    void reset() {
        state = State.VALUE;
        taken = 0;
        levels = 0;
        isBlank = true;
    }

    /** Where the run of characters that stand for themselves ends. Bytes beyond ASCII are negative. */
    private static int endOfPlain(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] >= ' ' || bytes[at] < 0) && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    private void take(byte next) {
        switch (state) {
            case STRING -> string(next);
            case ESCAPE -> escape(next);
            case HEX -> {
                require(Character.digit(next, 16) >= 0, next);
                state = ++hexDigits == 4 ? State.STRING : State.HEX;
            }
            case LITERAL -> {
                require(next == literal.charAt(length++), next);
                state = length == literal.length() ? State.AFTER : State.LITERAL;
            }
            case NUMBER -> number(next);
            default -> {
                if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                    isBlank = false;
                    structure(next);
                }
            }
        }
    }

    private void structure(byte next) {
        if (state == State.AFTER) {
            after(next);
        } else if ((next == ']' && state == State.VALUE_OR_END) || (next == '}' && state == State.NAME_OR_END)) {
            close();
        } else if (state == State.COLON) {
            require(next == ':', next);
            state = State.VALUE;
        } else if (state == State.NAME || state == State.NAME_OR_END) {
            require(next == '"', next);
            beginString(true);
        } else {
            value(next);
        }
    }

    private void value(byte next) {
        switch (next) {
            case '"' -> beginString(false);
            case '{' -> open(true);
            case '[' -> open(false);
            case 't' -> beginLiteral("true");
            case 'f' -> beginLiteral("false");
            case 'n' -> beginLiteral("null");
            default -> {
                require(next == '-' || (next >= '0' && next <= '9'), next);
                number.begin(next);
                state = State.NUMBER;
            }
        }
    }

    private void after(byte next) {
        if (levels == 0) {
            if ("{[\"-0123456789tfn".indexOf(next) >= 0) {
                throw new IllegalArgumentException("has more than one JSON value: expected one");
            }
            throw unexpected(next);
        }
        boolean inObject = objects.get(levels - 1);
        if (next == ',') {
            state = inObject ? State.NAME : State.VALUE;
        } else {
            require(next == (inObject ? '}' : ']'), next);
            close();
        }
    }

    private void open(boolean isObject) {
        if (levels == JsonBounds.MAX_LEVELS) {
            throw new IllegalArgumentException(JsonBounds.tooDeep());
        }
        objects.set(levels++, isObject);
        state = isObject ? State.NAME_OR_END : State.VALUE_OR_END;
    }

    private void close() {
        levels--;
        state = State.AFTER;
    }

    private void beginLiteral(String expected) {
        literal = expected;
        length = 1;
        state = State.LITERAL;
    }

    private void beginString(boolean isName) {
        this.isName = isName;
        length = 0;
        state = State.STRING;
    }

    private void string(byte next) {
        if (next == '"') {
            state = isName ? State.COLON : State.AFTER;
        } else {
            require(next == '\\', next);
            state = State.ESCAPE;
        }
    }

    private void escape(byte next) {
        require("\"\\/bfnrtu".indexOf(next) >= 0, next);
        lengthen(2);
        hexDigits = 0;
        state = next == 'u' ? State.HEX : State.STRING;
    }

    private void lengthen(int more) {
        length += more;
        if (isName && length > JsonBounds.MAX_NAME) {
            throw new IllegalArgumentException("has a name of more than " + JsonBounds.MAX_NAME
                    + " bytes: expected at most " + JsonBounds.MAX_NAME);
        }
    }

    private void number(byte next) {
        if (!number.take(next)) {
            require(number.isComplete(), next);
            state = State.AFTER;
            take(next);
        } else if (number.length() > JsonBounds.MAX_NUMBER) {
            throw new IllegalArgumentException("has a number of more than " + JsonBounds.MAX_NUMBER
                    + " characters: expected at most " + JsonBounds.MAX_NUMBER);
        }
    }

    private void require(boolean holds, byte found) {
        if (!holds) {
            throw unexpected(found);
        }
    }

    private IllegalArgumentException unexpected(byte found) {
        String shown =
                found > ' ' && found < 0x7f ? "'" + (char) found + "'" : String.format("byte 0x%02x", found & 0xff);
        return new IllegalArgumentException("is not JSON: unexpected " + shown + " at byte " + taken);
    }
}
