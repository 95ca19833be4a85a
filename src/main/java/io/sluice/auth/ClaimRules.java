package io.sluice.auth;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the claims of a token have to say, apart from rights: RFC 7519 4.1 and RFC 8725 3.
 *
 * @param issuer what {@code iss} has to be, or null for any
 * @param audience what {@code aud} has to be or to contain, or null for any
 * @param leeway how far the clocks of issuer and node may be apart
 * @param clock of the node
 */
record ClaimRules(@Nullable String issuer, @Nullable String audience, Duration leeway, Clock clock) {

    /** The end of the year 9999: a later time is this one. */
    private static final double LATEST = 253_402_300_799.0;

    /**
     * The time at which a token ends, which may be a short while ago: how short, decides what it is shown for.
     *
     * @throws BadCredentialException if the token is not for here, or not for now
     */
    Instant end(JsonObject claims) {
        requireParties(claims);
        Instant now = clock.instant();
        @Nullable Instant end = time(claims, "exp");
        if (end == null) {
            throw new BadCredentialException("the token has no exp");
        }
        if (!now.isBefore(end.plus(leeway.compareTo(Rights.GRACE) > 0 ? leeway : Rights.GRACE))) {
            throw new BadCredentialException("the token has expired");
        }
        requirePast(claims, "nbf", now);
        requirePast(claims, "iat", now);
        return end;
    }

    private void requireParties(JsonObject claims) {
        if (issuer != null && !issuer.equals(claims.getValue("iss"))) {
            throw new BadCredentialException("the token is of another issuer");
        }
        @Nullable Object aud = claims.getValue("aud");
        if (audience != null
                && !audience.equals(aud)
                && !(aud instanceof JsonArray several && several.contains(audience))) {
            throw new BadCredentialException("the token is for another audience");
        }
    }

    private void requirePast(JsonObject claims, String name, Instant now) {
        @Nullable Instant time = time(claims, name);
        if (time != null && time.isAfter(now.plus(leeway))) {
            throw new BadCredentialException("the token's " + name + " is in the future");
        }
    }

    /** A time in seconds, which may have a fraction: RFC 7519 2, NumericDate. */
    private static @Nullable Instant time(JsonObject claims, String name) {
        if (!claims.containsKey(name)) {
            return null;
        }
        if (!(claims.getValue(name) instanceof Number number)) {
            throw new BadCredentialException("the token's " + name + " is no number");
        }
        double seconds = Math.min(Math.max(number.doubleValue(), 0), LATEST);
        return Instant.ofEpochMilli((long) (seconds * 1000));
    }
}
