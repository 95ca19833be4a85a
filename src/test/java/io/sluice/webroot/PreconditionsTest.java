package io.sluice.webroot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 13: a file with the entity tag {@code "a"}, last modified at 08:49:37. */
class PreconditionsTest {

    private static final Instant MODIFIED = Instant.parse("1994-11-06T08:49:37Z");
    private static final String AT = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";

    private static Preconditions with(String... headers) {
        MultiMap request = HttpHeaders.headers();
        for (int i = 0; i < headers.length; i += 2) {
            request.add(headers[i], headers[i + 1]);
        }
        return new Preconditions(request, "\"a\"", MODIFIED);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            If-None-Match,       "a",                              NOT_MODIFIED
            If-None-Match,       W/"a",                            NOT_MODIFIED
            If-None-Match,       `"b, c", W/"x",W/"a"`,            NOT_MODIFIED
            If-None-Match,       *,                                NOT_MODIFIED
            If-None-Match,       "b",                              PROCEED
            If-None-Match,       `"x,"a",y"`,                      PROCEED
            If-None-Match,       a,                                PROCEED
            If-None-Match,       ``,                               PROCEED
            If-Modified-Since,   `Sun, 06 Nov 1994 08:49:37 GMT`,  NOT_MODIFIED
            If-Modified-Since,   `Sun, 06 Nov 1994 08:49:38 GMT`,  NOT_MODIFIED
            If-Modified-Since,   `Sun, 06 Nov 1994 08:49:36 GMT`,  PROCEED
            If-Modified-Since,   `Sunday, 06-Nov-94 08:49:37 GMT`, NOT_MODIFIED
            If-Modified-Since,   `Sun Nov  6 08:49:37 1994`,       NOT_MODIFIED
            If-Modified-Since,   yesterday,                        PROCEED
            If-Match,            "a",                              PROCEED
            If-Match,            *,                                PROCEED
            If-Match,            `"b", "a"`,                       PROCEED
            If-Match,            W/"a",                            FAILED
            If-Match,            "b",                              FAILED
            If-Unmodified-Since, `Sun, 06 Nov 1994 08:49:37 GMT`,  PROCEED
            If-Unmodified-Since, `Sun, 06 Nov 1994 08:49:36 GMT`,  FAILED
            If-Unmodified-Since, yesterday,                        PROCEED
            """)
    void aConditionAloneDecides(String field, String value, Preconditions.Outcome outcome) {
        assertEquals(outcome, with(field, value).evaluate());
    }

    @Test
    void entityTagsGoBeforeDates() {
        assertEquals(
                Preconditions.Outcome.PROCEED,
                with("If-None-Match", "\"b\"", "If-Modified-Since", AT).evaluate());
        assertEquals(
                Preconditions.Outcome.NOT_MODIFIED,
                with("If-None-Match", "\"a\"", "If-Modified-Since", BEFORE).evaluate());
        assertEquals(
                Preconditions.Outcome.PROCEED,
                with("If-Match", "\"a\"", "If-Unmodified-Since", BEFORE).evaluate());
        assertEquals(
                Preconditions.Outcome.FAILED,
                with("If-Match", "\"b\"", "If-None-Match", "\"a\"").evaluate());
    }

    @Test
    void aFieldMayComeTwice() {
        assertEquals(
                Preconditions.Outcome.NOT_MODIFIED,
                with("If-None-Match", "\"b\"", "If-None-Match", "\"a\"").evaluate());
        assertEquals(
                Preconditions.Outcome.PROCEED,
                with("If-Modified-Since", AT, "If-Modified-Since", AT).evaluate());
    }

    @Test
    void aFileWhoseTimeIsUnknownHasOnlyItsTag() {
        MultiMap request = HttpHeaders.headers().add("If-Modified-Since", AT).add("If-Unmodified-Since", BEFORE);
        assertEquals(Preconditions.Outcome.PROCEED, new Preconditions(request, "\"a\"", null).evaluate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", AT, "Sunday, 06-Nov-94 08:49:37 GMT"})
    void aRangeIsServedIfTheFileIsTheSame(String validator) {
        assertEquals(true, with("If-Range", validator).allowRange(Instant.now()));
        assertEquals(true, with().allowRange(Instant.now()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"b\"", "W/\"a\"", "a", "", "*", BEFORE, "Sun, 06 Nov 1994 08:49:38 GMT"})
    void aRangeOfAnotherVersionIsNotServed(String validator) {
        assertEquals(false, with("If-Range", validator).allowRange(Instant.now()));
    }

    @Test
    void theTimeOfAFileThatHasJustChangedIsNoProofThatItIsTheSame() {
        assertEquals(false, with("If-Range", AT).allowRange(MODIFIED));
        assertEquals(true, with("If-Range", AT).allowRange(MODIFIED.plusSeconds(2)));
    }
}
