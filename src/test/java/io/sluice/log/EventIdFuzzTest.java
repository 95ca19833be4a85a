package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Texts;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** An id is one text, and every other text is none. */
class EventIdFuzzTest {

    @Property(tries = 1000)
    void anIdIsReadAsItWasWritten(@ForAll("ids") EventId id) {
        assertEquals(id, EventId.parse(id.toString()));
        assertTrue(id.toString().length() <= EventId.MAX_LENGTH, id.toString());
    }

    @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
    void aTextIsAnIdOrNoneAndAnIdIsWrittenAsItWasRead(@ForAll("texts") String text) {
        @Nullable EventId id = EventId.parse(text);
        assertEquals(isId(text), id != null, text);
        if (id != null) {
            assertEquals(text, id.toString());
        }
    }

    private static boolean isId(String text) {
        return text.matches("[a-z0-9]{1,12}-(0|[1-9][0-9]*)")
                && new BigInteger(text.substring(text.indexOf('-') + 1)).bitLength() < Long.SIZE;
    }

    @Provide
    Arbitrary<EventId> ids() {
        return epochs(12).flatMap(epoch -> Arbitraries.longs().greaterOrEqual(0).map(n -> new EventId(epoch, n)));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> number = Arbitraries.oneOf(
                Arbitraries.bigIntegers()
                        .between(BigInteger.ONE.negate(), BigInteger.ONE.shiftLeft(65))
                        .map(String::valueOf),
                Arbitraries.strings().numeric().ofMaxLength(20));
        Arbitrary<String> similar = epochs(14).flatMap(epoch -> number.map(n -> epoch + '-' + n));
        return Arbitraries.oneOf(similar, ids().map(EventId::toString), Texts.nearly(similar), Texts.any());
    }

    private static Arbitrary<String> epochs(int longest) {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .ofMinLength(1)
                .ofMaxLength(longest);
    }
}
