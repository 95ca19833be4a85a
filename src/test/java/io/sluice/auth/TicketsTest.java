package io.sluice.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.TopicFilter;
import io.sluice.testing.TicketText;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tickets without HTTP: what they say, who takes them, and when. */
class TicketsTest {

    private static final Secret SECRET = new Secret("a secret of the tests, of 32 bytes or more");
    private static final Instant NOW = Instant.parse("2026-11-27T06:00:00.123Z");
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final String NONE = "the ticket is not valid here";

    private final Tickets tickets = at(NOW);

    private static Tickets at(Instant now) {
        return new Tickets(SECRET, Duration.ofHours(1), () -> now);
    }

    private static Tickets after(long millis) {
        return at(NOW.plusMillis(millis));
    }

    /** A ticket for all of a stream, up to 10 minutes from now. */
    private IssuedTicket issue(String stream) {
        return tickets.issue(stream, TopicFilter.ALL, NOW.plusSeconds(600), "alice");
    }

    // ---- what it says

    @Test
    void aTicketGivesTheRightToReadOneStreamUpToItsEnd() {
        IssuedTicket ticket = issue("chat/42");
        Identity holder = tickets.verify(ticket.text(), false);
        assertEquals(TopicFilter.ALL, holder.rights().readable("chat/42"));
        assertEquals(TopicFilter.NONE, holder.rights().readable("chat/43"));
        assertEquals(TopicFilter.NONE, holder.rights().readable("chat/421"));
        assertEquals(TopicFilter.NONE, holder.rights().readable("chat"));
        assertEquals(TopicFilter.NONE, holder.rights().writable("chat/42"));
        assertFalse(holder.rights().isAdmin());
        assertEquals(NOW.plusSeconds(600), holder.rights().end());
        assertEquals(NOW.plusSeconds(600), ticket.expires());
        assertEquals("alice", holder.user().subject());
    }

    @Test
    void itsTopicsAreThoseThatItWasMadeFor() {
        TopicFilter topics = TopicFilter.of(List.of("prices.*", "ä.\uD83D\uDE00", "news.>"));
        IssuedTicket ticket = tickets.issue("events", topics, null, "alice");
        assertEquals(topics, tickets.verify(ticket.text(), false).rights().readable("events"));
    }

    @Test
    void withoutASubjectNobodyIsNamed() {
        IssuedTicket ticket = tickets.issue("events", TopicFilter.ALL, null, "");
        assertNull(tickets.verify(ticket.text(), false).user().subject());
    }

    @Test
    void itEndsAfterItsTimeOrWithTheTokenWhateverComesFirst() {
        assertEquals(
                NOW.plusSeconds(3600),
                tickets.issue("events", TopicFilter.ALL, null, "").expires());
        assertEquals(
                NOW.plusSeconds(3600),
                tickets.issue("events", TopicFilter.ALL, NOW.plusSeconds(7200), "")
                        .expires());
        assertEquals(
                NOW.plusSeconds(10),
                tickets.issue("events", TopicFilter.ALL, NOW.plusSeconds(10), "")
                        .expires());
    }

    @Test
    void itIsShortAndGoesIntoAUrlAsItIs() {
        String text = tickets.issue("chat/" + "n".repeat(64), TopicFilter.ALL, null, "u".repeat(36))
                .text();
        assertTrue(text.matches("[A-Za-z0-9_-]{1,300}"), text);
    }

    @Test
    void whatDoesNotFitIntoAUrlIsNoTicket() {
        List<String> topics = Arrays.asList("a".repeat(255), "b".repeat(255), "c".repeat(255), "d".repeat(255));
        String longest = tickets.issue("events", TopicFilter.of(topics), null, "u".repeat(400))
                .text();
        assertTrue(longest.length() <= Tickets.MAX_LENGTH);
        tickets.verify(longest, false);
        IllegalArgumentException failure = assertThrows(
                IllegalArgumentException.class,
                () -> tickets.issue("events", TopicFilter.of(topics), null, "u".repeat(500)));
        assertEquals(
                "topics, with the subject of the token: expected a ticket of at most 2048 characters",
                failure.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> tickets.issue("events", TopicFilter.ALL, null, "u".repeat(70_000)));
    }

    /** In its bytes no topic would be all of them. */
    @Test
    void aTicketForNothingIsNotMade() {
        assertThrows(IllegalArgumentException.class, () -> tickets.issue("events", TopicFilter.NONE, null, ""));
    }

    @Test
    void aLogDoesNotGetToSeeIt() {
        IssuedTicket ticket = issue("events");
        assertFalse(ticket.toString().contains(ticket.text()));
    }

    @Test
    void itsBytesAreAsTheyAreWrittenDown() {
        String text = tickets.issue("chat/42", TopicFilter.of(List.of("b", "a.*")), NOW.plusSeconds(10), "alice")
                .text();
        assertEquals(TicketText.made(SECRET.reveal(), NOW, NOW.plusSeconds(10), "chat/42", "alice", "a.*", "b"), text);
    }

    // ---- when

    @ParameterizedTest
    @CsvSource({
        // The clocks of two nodes are not the same.
        "-5000, true, true",
        "-5001, false, false",
        "0, true, true",
        "29999, true, true",
        "30000, false, true",
        "599999, false, true",
        // Its holder is told that it has expired.
        "600000, false, true",
        "659999, false, true",
        "660000, false, false"
    })
    void itOpensAStreamFor30SecondsAndUpToItsEndForWhoComesBack(long millis, boolean opens, boolean reopens) {
        String ticket = issue("events").text();
        assertEquals(opens, isTaken(after(millis), ticket, false));
        assertEquals(reopens, isTaken(after(millis), ticket, true));
    }

    @Test
    void atItsEndItsRightsHaveEnded() {
        String ticket = issue("events").text();
        Instant end = NOW.plusSeconds(600);
        assertTrue(at(end).verify(ticket, true).rights().hasEnded(end));
        assertFalse(at(end).verify(ticket, true).rights().hasEnded(end.minusMillis(1)));
    }

    @Test
    void theRefusalSaysWhatIsExpected() {
        String ticket = issue("events").text();
        assertEquals(
                "the ticket was made more than 30 s ago: expected the id of an event with it, or a new one",
                refusal(after(30_000), ticket, false));
        assertEquals("the ticket has expired", refusal(after(3_600_000), ticket, true));
        assertEquals(
                "the ticket is of the future: expected nodes whose clocks agree",
                refusal(after(-60_000), ticket, true));
    }

    // ---- what is none

    @Test
    void anotherNodeWithTheSecretTakesIt() {
        Tickets other = new Tickets(new Secret(SECRET.reveal()), Duration.ofMinutes(1), () -> NOW);
        assertTrue(isTaken(other, issue("events").text(), false));
    }

    @Test
    void anotherSecretTakesItForNone() {
        Tickets other = new Tickets(new Secret(SECRET.reveal() + '!'), Duration.ofHours(1), () -> NOW);
        assertEquals(NONE, refusal(other, issue("events").text(), false));
    }

    @Test
    void eachChangedCharacterIsNoticed() {
        String ticket = issue("chat/42").text();
        for (int at = 0; at < ticket.length(); at++) {
            for (int letter = 0; letter < ALPHABET.length(); letter++) {
                char c = ALPHABET.charAt(letter);
                String changed = ticket.substring(0, at) + c + ticket.substring(at + 1);
                if (c != ticket.charAt(at)) {
                    assertEquals(NONE, refusal(tickets, changed, false), changed);
                }
            }
        }
    }

    @Test
    void eachPartOfItIsNone() {
        String ticket = issue("chat/42").text();
        for (int at = 0; at < ticket.length(); at++) {
            assertEquals(NONE, refusal(tickets, ticket.substring(0, at), false));
            assertEquals(NONE, refusal(tickets, ticket.substring(at + 1), false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"=", "==", "A", "AAAA", ".", " ", "%", "\u0000", "ä"})
    void somethingBehindItIsNoticed(String tail) {
        assertEquals(NONE, refusal(tickets, issue("events").text() + tail, false));
    }

    @Test
    void anyBytesAreNoTicketAndNoFailure() {
        Random random = new Random(20261127);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            assertEquals(NONE, refusal(tickets, text, false));
        }
    }

    /** As a later or broken node with the same secret would sign them. */
    @Test
    void anySignedBytesAreNoFailure() {
        Random random = new Random(20261127);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = 1;
            }
            assertFalse(isTaken(tickets, tickets.seal(bytes), false));
        }
    }

    @Test
    void aTicketOfAnotherVersionIsNone() throws Exception {
        byte[] bytes = new Ticket("events", TopicFilter.ALL, NOW, NOW.plusSeconds(600), "alice").encode();
        assertTrue(isTaken(tickets, tickets.seal(bytes), false));
        bytes[0]++;
        assertEquals(NONE, refusal(tickets, tickets.seal(bytes), false));
    }

    /** The same secret may sign tokens, with the same algorithm: HS256. */
    @Test
    void theSecretItselfSignsNoTicket() throws Exception {
        byte[] bytes = new Ticket("events", TopicFilter.ALL, NOW, NOW.plusSeconds(600), "alice").encode();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.reveal().getBytes(UTF_8), "HmacSHA256"));
        byte[] signed = Arrays.copyOf(bytes, bytes.length + 32);
        System.arraycopy(mac.doFinal(bytes), 0, signed, bytes.length, 32);
        assertEquals(
                NONE, refusal(tickets, Base64.getUrlEncoder().withoutPadding().encodeToString(signed), false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",
                "../../etc/passwd",
                "'; drop table tickets",
                "\r\n"
            })
    void anyTextIsNoTicketAndNoFailure(String text) {
        assertEquals(NONE, refusal(tickets, text, false));
    }

    @Test
    void aTextOfAnyLengthIsLookedAtNoLongerThanATicket() {
        assertEquals(NONE, refusal(tickets, "A".repeat(10_000_000), false));
    }

    private static boolean isTaken(Tickets tickets, String text, boolean returns) {
        try {
            tickets.verify(text, returns);
            return true;
        } catch (BadCredentialException e) {
            return false;
        }
    }

    private static String refusal(Tickets tickets, String text, boolean returns) {
        return String.valueOf(assertThrows(BadCredentialException.class, () -> tickets.verify(text, returns))
                .getMessage());
    }
}
