package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.auth.AuthOptions;
import io.sluice.auth.IssuerUrl;
import io.sluice.auth.JwtOptions;
import io.sluice.auth.KeySource;
import io.sluice.auth.Secret;
import io.sluice.auth.TicketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who the node takes for whom; without it, it asks nobody.
 *
 * @param options the tokens, the cookie that may hold one, and tickets
 */
record AuthConfig(AuthOptions options) {

    /** RFC 6265 4.1.1. */
    private static final Pattern COOKIE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    @JsonCreator
    static AuthConfig of(
            @JsonProperty("jwt") @Nullable Jwt jwt,
            @JsonProperty("cookie") @Nullable String cookie,
            @JsonProperty("tickets") @Nullable Tickets tickets) {
        require(jwt != null, "jwt", "nothing", "an object with " + Jwt.ONE_SOURCE);
        require(
                cookie == null || COOKIE.matcher(cookie).matches(),
                "cookie",
                '"' + cookie + '"',
                "the name of a cookie: letters, digits and characters of \"!#$%&'*+-.^_`|~\"");
        return new AuthConfig(new AuthOptions(
                Objects.requireNonNull(jwt).options(), cookie, tickets == null ? null : tickets.options()));
    }

    /** Whose tokens are taken, for the start line. */
    String describe() {
        JwtOptions jwt = options.jwt();
        if (jwt.issuer() != null) {
            return "rights by tokens of " + jwt.issuer();
        }
        if (jwt.keys() instanceof KeySource.Discovery discovery) {
            return "rights by tokens of " + IssuerUrl.shown(discovery.issuer());
        }
        return "rights by tokens"
                + (jwt.keys() instanceof KeySource.KeySetUrl set
                        ? " with the keys at " + IssuerUrl.shown(set.url())
                        : "");
    }

    private static void requireSecret(@Nullable Secret secret) {
        require(
                secret != null && secret.bytes().length >= Secret.MIN_BYTES,
                "secret",
                secret == null ? "nothing" : secret,
                "a text of " + Secret.MIN_BYTES + " bytes or more, env:NAME or file:PATH");
    }

    private static void requireText(String option, @Nullable String text) {
        require(text == null || !text.isBlank(), option, '"' + text + '"', "a text that is not blank");
    }

    /** @param options with one source of keys: secret, publicKey, jwks or discovery */
    record Jwt(JwtOptions options) {

        static final String ONE_SOURCE = "one of secret, publicKey, jwks, discovery";

        private static final Duration DEFAULT_AGE = Duration.ofHours(1);
        private static final Duration MAX_AGE = Duration.ofDays(1);
        private static final Duration DEFAULT_LEEWAY = Duration.ofSeconds(30);
        private static final Duration MAX_LEEWAY = Duration.ofMinutes(5);

        @JsonCreator
        static Jwt of(
                @JsonProperty("algorithm") @Nullable String algorithm,
                @JsonProperty("secret") @Nullable Secret secret,
                @JsonProperty("publicKey") @Nullable PublicKeyText publicKey,
                @JsonProperty("jwks") @Nullable String jwks,
                @JsonProperty("discovery") @Nullable String discovery,
                @JsonProperty("jwksAge") @Nullable Duration jwksAge,
                @JsonProperty("issuer") @Nullable String issuer,
                @JsonProperty("audience") @Nullable String audience,
                @JsonProperty("leeway") @Nullable Duration leeway,
                @JsonProperty("claim") @Nullable String claim) {
            require(
                    algorithm == null || JwtOptions.ALGORITHMS.contains(algorithm),
                    "algorithm",
                    '"' + algorithm + '"',
                    "one of " + String.join(", ", JwtOptions.ALGORITHMS));
            requireText("issuer", issuer);
            requireText("audience", audience);
            requireText("claim", claim);
            require(
                    leeway == null || leeway.compareTo(MAX_LEEWAY) <= 0,
                    "leeway",
                    String.valueOf(leeway),
                    "0 to 5 minutes");
            Duration age = requireNonNullElse(jwksAge, DEFAULT_AGE);
            require(age.toSeconds() >= 1 && age.compareTo(MAX_AGE) <= 0, "jwksAge", age, "1 second to 1 day");
            KeySource keys = only(secret, publicKey, jwks, discovery, age);
            require(
                    jwksAge == null || jwks != null || discovery != null,
                    "jwksAge",
                    age,
                    "no such key here: it is for jwks and discovery");
            return new Jwt(new JwtOptions(
                    keys,
                    algorithm,
                    issuer,
                    audience,
                    requireNonNullElse(leeway, DEFAULT_LEEWAY),
                    requireNonNullElse(claim, "sluice")));
        }

        private static KeySource only(
                @Nullable Secret secret,
                @Nullable PublicKeyText publicKey,
                @Nullable String jwks,
                @Nullable String discovery,
                Duration age) {
            Map<String, KeySource> sources = new LinkedHashMap<>();
            if (secret != null) {
                requireSecret(secret);
                sources.put("secret", new KeySource.SharedSecret(secret));
            }
            if (publicKey != null) {
                sources.put("publicKey", new KeySource.PublicKey(publicKey.pem()));
            }
            if (jwks != null) {
                sources.put("jwks", KeyLocation.keySet(jwks, age));
            }
            if (discovery != null) {
                sources.put("discovery", KeyLocation.discovery(discovery, age));
            }
            List<String> names = new ArrayList<>(sources.keySet());
            require(!names.isEmpty(), "secret", "nothing", ONE_SOURCE);
            require(
                    names.size() == 1,
                    names.get(names.size() - 1),
                    "too many",
                    "only " + ONE_SOURCE + "; there is " + names.get(0) + ", too");
            return sources.values().iterator().next();
        }
    }

    /** @param options what signs tickets, and how long the holder of one may come back with it; default 1 hour */
    record Tickets(TicketOptions options) {

        private static final Duration DEFAULT_MAX = Duration.ofHours(1);
        private static final Duration LONGEST = Duration.ofDays(1);

        @JsonCreator
        static Tickets of(
                @JsonProperty("secret") @Nullable Secret secret, @JsonProperty("max") @Nullable Duration max) {
            requireSecret(secret);
            Duration atMost = requireNonNullElse(max, DEFAULT_MAX);
            require(atMost.toSeconds() >= 1 && atMost.compareTo(LONGEST) <= 0, "max", atMost, "1 second to 1 day");
            return new Tickets(new TicketOptions(Objects.requireNonNull(secret), atMost));
        }
    }
}
