package io.sluice.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.sluice.stream.JsonBounds;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * Checks that a text is one JSON value (RFC 8259) as its bytes come, with Jackson's parser that does not block. The parser keeps
 * the string under way, as chars. Whether the bytes are UTF-8 is {@link Utf8Check}'s affair. One thread.
 */
final class JsonCheck {

    /** Names are neither kept nor shared: each of a stranger's may be another one. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonBounds.MAX_LEVELS)
                    .maxNumberLength(JsonBounds.MAX_NUMBER)
                    .maxNameLength(JsonBounds.MAX_NAME)
                    .build())
            .build();

    /** What a message says about the parser and not about the value. */
    private static final Pattern INTERNALS =
            Pattern.compile(" \\((internal state|for \\w+ starting at|start marker).*\\)$");

    /**
     * Refuses an object that ends behind a comma or a colon. Jackson 2.18 does so too, but not if the brace begins a piece of the input.
     * It knows strings from the rest, and leaves all else to Jackson.
     */
    private static final class ObjectEnds {

        private boolean inString;
        private boolean escaped;
        // The last byte that is no blank, outside of strings.
        private byte before;

        void take(byte[] bytes, int from, int to) {
            for (int i = from; i < to; i++) {
                byte next = bytes[i];
                if (inString) {
                    inString = escaped || next != '"';
                    escaped = !escaped && next == '\\';
                } else if (next > ' ') {
                    requireValue(next);
                    inString = next == '"';
                    before = next;
                }
            }
        }

        private void requireValue(byte next) {
            if (next == '}' && (before == ',' || before == ':')) {
                throw new IllegalArgumentException("is not JSON: Unexpected character ('}' (code 125)) behind '"
                        + (char) before + "': expected " + (before == ',' ? "a name" : "a value"));
            }
        }
    }

    private final JsonParser parser;
    private final ByteArrayFeeder feeder;
    private final ObjectEnds ends = new ObjectEnds();
    private int levels;
    private boolean isWhole;
    private boolean isNumber;
    private boolean hasBegun;
    private byte last;

    JsonCheck() {
        try {
            parser = FACTORY.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new IllegalStateException("a parser without input cannot fail", e);
        }
        feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    }

    /** Takes the next bytes, {@code from} up to {@code to}. Fails with {@link IllegalArgumentException} at the first wrong one. */
    void take(byte[] bytes, int from, int to) {
        try {
            requireAsciiFirst(bytes, from, to);
            feeder.feedInput(bytes, from, to);
            takeTokens();
            ends.take(bytes, from, to);
            last = from < to ? bytes[to - 1] : last;
        } catch (IOException e) {
            throw refused(e);
        }
    }

    /** Fails with {@link IllegalArgumentException} if the bytes were not one whole value. */
    void end() {
        feeder.endOfInput();
        try {
            takeTokens();
        } catch (IOException e) {
            throw refused(e);
        }
        // Jackson 2.18 takes the end of the input for the end of a number, also within "1." or "1e+".
        if (isNumber && ".eE+-".indexOf(last) >= 0) {
            throw new IllegalArgumentException("is not JSON: Unexpected end-of-input within a number");
        }
    }

    /** Gives what the parser holds back. */
    void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new IllegalStateException("a parser of bytes cannot fail to close", e);
        }
    }

    /** Jackson would take a byte order mark, which no JSON may have (RFC 8259 8.1). */
    private void requireAsciiFirst(byte[] bytes, int from, int to) {
        for (int i = from; i < to && !hasBegun; i++) {
            if (bytes[i] < 0) {
                throw new IllegalArgumentException("is not JSON: Unexpected character beyond ASCII at its beginning");
            }
            hasBegun = bytes[i] > ' ';
        }
    }

    private void takeTokens() throws IOException {
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.NOT_AVAILABLE;
                token = parser.nextToken()) {
            if (isWhole) {
                throw new IllegalArgumentException("has more than one JSON value: expected one");
            }
            levels += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            isWhole = levels == 0;
            isNumber = token.isNumeric();
        }
    }

    private IllegalArgumentException refused(IOException failure) {
        boolean tooDeep = failure instanceof StreamConstraintsException && levels >= JsonBounds.MAX_LEVELS;
        if (tooDeep) {
            return new IllegalArgumentException(JsonBounds.tooDeep());
        }
        String message = failure instanceof JsonProcessingException json
                ? json.getOriginalMessage()
                : String.valueOf(failure.getMessage());
        String line = message.lines().findFirst().orElse("");
        return new IllegalArgumentException(
                "is not JSON: " + INTERNALS.matcher(line).replaceAll(""));
    }
}
