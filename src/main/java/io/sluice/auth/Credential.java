package io.sluice.auth;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows: the first that is there of {@code Authorization: Bearer}, the cookie, and {@code ?ticket=}.
 *
 * @param text the token or ticket
 */
record Credential(Carrier carrier, String text) {

    /** Where a credential is. */
    enum Carrier {
        HEADER,
        /** A browser sends it by itself, also for pages of strangers. */
        COOKIE,
        TICKET
    }

    /** RFC 6750 2.1. */
    private static final Pattern BEARER = Pattern.compile("(?i)Bearer +([A-Za-z0-9._~+/-]+=*)");

    /**
     * The credential of a request, or null if it has none.
     *
     * @param cookie the name of the cookie that counts, or null
     * @throws BadCredentialException if it has one that is no credential
     */
    static @Nullable Credential of(RoutingContext routing, @Nullable String cookie) {
        HttpServerRequest request = routing.request();
        List<String> headers = request.headers().getAll("Authorization");
        if (!headers.isEmpty()) {
            Matcher bearer = BEARER.matcher(headers.get(0));
            if (headers.size() > 1 || !bearer.matches()) {
                throw new BadCredentialException("Authorization: expected one, as Bearer and a token");
            }
            return new Credential(Carrier.HEADER, bearer.group(1));
        }
        @Nullable Cookie found = cookie == null ? null : request.getCookie(cookie);
        if (found != null) {
            return new Credential(Carrier.COOKIE, found.getValue());
        }
        List<String> tickets = routing.queryParam("ticket");
        return tickets.isEmpty() ? null : new Credential(Carrier.TICKET, tickets.get(tickets.size() - 1));
    }
}
