package io.sluice.auth;

import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** Makes and checks tickets: what a page shows that can send neither a header nor a cookie. Any thread. */
final class Tickets {

    private final Secret secret;
    private final Duration max;

    /** @param max how long the holder may come back with it */
    Tickets(Secret secret, Duration max) {
        this.secret = secret;
        this.max = max;
    }

    /**
     * Who holds a ticket.
     *
     * @throws BadCredentialException if it is none, or over
     */
    Identity verify(String ticket, RoutingContext routing) {
        throw new BadCredentialException("not built yet " + secret + max);
    }
}
