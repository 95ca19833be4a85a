package io.sluice.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.stream.TopicFilter;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks tickets: what a page shows that can send neither a header nor a cookie. Any node with the same secret takes them,
 * and no node keeps one. Any thread.
 *
 * <p>The text of a ticket is base64url, RFC 4648 5, of what it says ({@link Ticket}) and its HMAC with SHA-256. Its key is made of the
 * secret for tickets alone, so that no token that is signed with the same secret is a ticket, nor the reverse.
 */
final class Tickets {

    /** A line of a request has 4096 characters, the path and the rest of the query among them. */
    static final int MAX_LENGTH = 2048;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_LENGTH = 32;
    private static final byte[] LABEL = "sluice ticket 1".getBytes(UTF_8);
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final SecretKeySpec key;
    private final Duration max;
    private final InstantSource clock;

    /** @param max how long the holder may come back with it */
    Tickets(Secret secret, Duration max) {
        this(secret, max, InstantSource.system());
    }

    Tickets(Secret secret, Duration max, InstantSource clock) {
        this.key = key(mac(key(secret.bytes()), LABEL));
        this.max = max;
        this.clock = clock;
    }

    /**
     * Makes a ticket.
     *
     * @param stream the full name
     * @param topics of it, one at least
     * @param rightsEnd when the rights of the holder end, or null for never
     * @param subject of the holder; empty if that is not known
     * @throws IllegalArgumentException if it would be too long for a URL, or for nothing
     */
    IssuedTicket issue(String stream, TopicFilter topics, @Nullable Instant rightsEnd, String subject) {
        if (topics.isNone()) {
            throw new IllegalArgumentException("no topics: expected a ticket for something");
        }
        Instant made = clock.instant();
        Instant last = made.plus(max);
        Instant end = rightsEnd == null || rightsEnd.isAfter(last) ? last : rightsEnd;
        Ticket ticket = new Ticket(stream, topics, made, Instant.ofEpochMilli(end.toEpochMilli()), subject);
        try {
            String text = seal(ticket.encode());
            if (text.length() <= MAX_LENGTH) {
                return new IssuedTicket(text, ticket.end());
            }
        } catch (IOException e) {
            // A text of 64 kB, which is refused as one of 2 kB.
        }
        throw new IllegalArgumentException(
                "topics, with the subject of the token: expected a ticket of at most " + MAX_LENGTH + " characters");
    }

    /**
     * Who holds a ticket.
     *
     * @throws BadCredentialException if it is none, or over, or not for a client that has seen no event yet
     */
    Identity verify(String text, RoutingContext routing) {
        return verify(text, LastEventId.isGood(routing));
    }

    /** @param returns whether the client has seen an event */
    Identity verify(String text, boolean returns) {
        Ticket ticket = open(text);
        ticket.requireUsable(clock.instant(), returns);
        return ticket.identity();
    }

    private Ticket open(String text) {
        try {
            return Ticket.decode(unseal(text));
        } catch (IOException | RuntimeException e) {
            // One answer for all that is wrong with it: who tries bytes learns nothing.
            throw new BadCredentialException("the ticket is not valid here");
        }
    }

    /** The text of some bytes, signed. */
    String seal(byte[] bytes) {
        byte[] signed = Arrays.copyOf(bytes, bytes.length + MAC_LENGTH);
        System.arraycopy(mac(key, bytes), 0, signed, bytes.length, MAC_LENGTH);
        return ENCODER.encodeToString(signed);
    }

    private byte[] unseal(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("too long");
        }
        byte[] signed = DECODER.decode(text);
        int length = signed.length - MAC_LENGTH;
        // The last character may have bits that decode to nothing.
        if (length < 0 || !ENCODER.encodeToString(signed).equals(text)) {
            throw new IllegalArgumentException("not as it was written");
        }
        byte[] bytes = Arrays.copyOf(signed, length);
        byte[] mac = Arrays.copyOfRange(signed, length, signed.length);
        if (!MessageDigest.isEqual(mac, mac(key, bytes))) {
            throw new IllegalArgumentException("not signed here");
        }
        return bytes;
    }

    private static SecretKeySpec key(byte[] bytes) {
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    private static byte[] mac(SecretKeySpec key, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
