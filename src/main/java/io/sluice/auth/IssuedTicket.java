package io.sluice.auth;

import java.time.Instant;

/**
 * A ticket for a client.
 *
 * @param text letters, digits, {@code -} and {@code _}: it goes into a URL as it is
 * @param expires when it can no longer be used at all
 */
public record IssuedTicket(String text, Instant expires) {

    /** A log tells nobody how to come in. */
    @Override
    public String toString() {
        return "a ticket up to " + expires;
    }
}
