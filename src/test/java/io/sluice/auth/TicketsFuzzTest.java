package io.sluice.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.TopicFilter;
import io.sluice.testing.Texts;
import io.sluice.testing.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A ticket says what it was made for, and every other text is none. */
class TicketsFuzzTest {

    private static final Secret SECRET = new Secret("a secret of the tests, of 32 bytes or more");
    private static final Instant NOW = Instant.parse("2026-11-27T06:00:00.123Z");
    private static final Duration MAX = Duration.ofHours(1);

    private final Tickets tickets = new Tickets(SECRET, MAX, () -> NOW);

    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    void aTicketSaysWhatItWasMadeFor(
            @ForAll("streams") String stream,
            @ForAll("filters") TopicFilter topics,
            @ForAll("texts") String subject,
            @ForAll("times") long millis) {
        Instant end = NOW.plusMillis(millis);
        String text = issue(stream, topics, end, subject);
        assertTrue(text.matches("[A-Za-z0-9_-]{1,2048}"), text);
        Identity holder = tickets.verify(text, false);
        assertEquals(topics, holder.rights().readable(stream));
        assertTrue(holder.rights().writable(stream).isNone());
        assertEquals(
                Instant.ofEpochMilli(end.isAfter(NOW.plus(MAX)) ? NOW.plus(MAX).toEpochMilli() : end.toEpochMilli()),
                holder.rights().end());
        assertEquals(subject.isEmpty() ? null : subject, holder.user().subject());
        for (String other : List.of("", "*", "events2", "chat/*", "chat/", "chat", stream + "2", stream + "/2")) {
            assertEquals(other.equals(stream), !holder.rights().readable(other).isNone(), other);
        }
    }

    /** A ticket opens a stream from 5 s before it was made, which a clock may be late, to 30 s after, or to a minute after its end. */
    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    void aTicketIsTakenInItsTime(@ForAll("times") long end, @ForAll("offsets") long offset, @ForAll boolean returns) {
        String text = issue("chat/42", TopicFilter.ALL, NOW.plusMillis(end), "alice");
        long last = Math.min(end, MAX.toMillis()) + 60_000;
        boolean taken = offset >= -5000 && offset < last && (returns || offset < 30_000);
        Tickets later = new Tickets(SECRET, MAX, () -> NOW.plusMillis(offset));
        if (taken) {
            later.verify(text, returns);
        } else {
            assertThrows(BadCredentialException.class, () -> later.verify(text, returns));
        }
    }

    @Property(tries = 1200, edgeCases = EdgeCasesMode.NONE)
    void anyOtherTextIsNoTicket(@ForAll("others") String text, @ForAll boolean returns) {
        Assume.that(!text.equals(good()));
        BadCredentialException refused =
                assertThrows(BadCredentialException.class, () -> tickets.verify(text, returns), text);
        assertEquals("the ticket is not valid here", refused.getMessage());
    }

    /** Not even a node that is mad says more than that a ticket is none. */
    @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
    void signedBytesOfAnotherKindAreNoTicket(@ForAll("bytes") byte[] bytes) {
        String text = tickets.seal(bytes);
        try {
            Rights rights = tickets.verify(text, true).rights();
            assertTrue(rights.end() != null && rights.writable("events").isNone() && !rights.isAdmin());
        } catch (BadCredentialException e) {
            // It is none, or over.
        }
    }

    private String good() {
        return issue("chat/42", TopicFilter.of(List.of("a.*")), NOW.plusSeconds(600), "alice");
    }

    private String issue(String stream, TopicFilter topics, Instant end, String subject) {
        return tickets.issue(stream, topics, end, subject).text();
    }

    @Provide
    Arbitrary<String> streams() {
        return Arbitraries.of("events", "chat/42", "chat/a.b~c-d_e", "n".repeat(128) + "/" + "m".repeat(128));
    }

    @Provide
    Arbitrary<TopicFilter> filters() {
        return Topics.patterns()
                .filter(pattern -> pattern.length() < 100)
                .list()
                .ofMaxSize(5)
                .map(TopicFilter::of);
    }

    @Provide
    Arbitrary<String> texts() {
        return Texts.any().filter(text -> text.length() < 200);
    }

    /** Ends, in milliseconds from now. */
    @Provide
    Arbitrary<Long> times() {
        return Arbitraries.longs().between(1, 2 * MAX.toMillis());
    }

    @Provide
    Arbitrary<Long> offsets() {
        return Arbitraries.oneOf(
                Arbitraries.of(-5001L, -5000L, 0L, 29_999L, 30_000L, MAX.toMillis() + 59_999, MAX.toMillis() + 60_000),
                Arbitraries.longs().between(-10_000, 2 * MAX.toMillis() + 120_000));
    }

    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<byte[]> similar = Arbitraries.bytes()
                .array(byte[].class)
                .ofMaxSize(60)
                .map(bytes -> {
                    byte[] ticket = bytes.clone();
                    if (ticket.length > 20) {
                        // The version, and times that are not beyond all bounds.
                        ticket[0] = 1;
                        ticket[1] = 0;
                        ticket[2] = 0;
                        ticket[9] = 0;
                        ticket[10] = 0;
                        ticket[17] = 0;
                    }
                    return ticket;
                });
        return Arbitraries.oneOf(
                similar, Arbitraries.bytes().array(byte[].class).ofMaxSize(80));
    }

    @Provide
    Arbitrary<String> others() {
        Arbitrary<String> good = Arbitraries.just(good());
        Tickets another = new Tickets(new Secret("another secret of the tests, of 32 bytes"), MAX, () -> NOW);
        // The last character has bits that decode to nothing.
        Arbitrary<Integer> places = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.integers().between(0, good().length() - 1)),
                Tuple.of(1, Arbitraries.just(good().length() - 1)));
        Arbitrary<String> changed = places.flatMap(at -> Arbitraries.chars()
                .with("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/")
                .map(c -> good().substring(0, at) + c + good().substring(at + 1)));
        Arbitrary<String> cut = Arbitraries.integers()
                .between(0, good().length() - 1)
                .flatMap(at -> Arbitraries.of(good().substring(at), good().substring(0, at)));
        return Arbitraries.frequencyOf(
                Tuple.of(4, changed),
                Tuple.of(2, cut),
                Tuple.of(2, Texts.nearly(good)),
                Tuple.of(1, Texts.any()),
                Tuple.of(1, bytes().map(bytes -> Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(bytes))),
                Tuple.of(
                        1,
                        Arbitraries.of(
                                good() + "=",
                                good() + "==",
                                good() + good(),
                                "A".repeat(100_000),
                                another.issue("chat/42", TopicFilter.ALL, null, "alice")
                                        .text(),
                                Base64.getEncoder().encodeToString(good().getBytes(UTF_8)))));
    }
}
