package io.sluice.auth;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows: the first that is there of {@code Authorization: Bearer}, the cookie, and {@code ?ticket=}. One that is there
 * counts, whatever it holds: a client whose credential is broken is not one without.
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

    /** The {@code b64token} of RFC 6750 2.1. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private static final Pattern BEARER = Pattern.compile("(?i)Bearer +(.*)");

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
            return new Credential(Carrier.HEADER, bearer(headers));
        }
        @Nullable String found = cookie == null ? null : CookieField.value(request, cookie);
        if (found != null) {
            return new Credential(Carrier.COOKIE, token(found, "the cookie " + cookie));
        }
        List<String> tickets = routing.queryParam("ticket");
        if (tickets.size() > 1) {
            throw new BadCredentialException("ticket is given " + tickets.size() + " times: expected once");
        }
        return tickets.isEmpty() ? null : new Credential(Carrier.TICKET, tickets.get(0));
    }

    /** Nobody can say which of several another program in front has seen. */
    private static String bearer(List<String> headers) {
        Matcher bearer = BEARER.matcher(headers.get(0));
        if (headers.size() > 1 || !bearer.matches()) {
            throw new BadCredentialException("Authorization: expected one, with Bearer and a token");
        }
        return token(bearer.group(1), "Authorization");
    }

    private static String token(String text, String where) {
        if (!TOKEN.matcher(text).matches()) {
            throw new BadCredentialException(where + " holds no token: expected one as in RFC 6750 2.1");
        }
        return text;
    }
}
