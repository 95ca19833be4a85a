package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.auth.AuthOptions;
import io.sluice.auth.JwtOptions;
import io.sluice.auth.KeySource;
import io.sluice.auth.Secret;
import io.sluice.auth.TicketOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who the node takes for whom; without it, it asks nobody.
 *
 * @param options the tokens, the cookie that may hold one, and tickets
 */
record AuthConfig(AuthOptions options) {

    private static final Duration DEFAULT_AGE = Duration.ofHours(1);
    private static final Duration DEFAULT_MAX = Duration.ofHours(1);

    @JsonCreator
    static AuthConfig of(
            @JsonProperty("jwt") @Nullable Jwt jwt,
            @JsonProperty("cookie") @Nullable String cookie,
            @JsonProperty("tickets") @Nullable Tickets tickets) {
        require(jwt != null, "jwt", "none", "the keys that check tokens");
        return new AuthConfig(new AuthOptions(
                Objects.requireNonNull(jwt).options(),
                cookie,
                tickets == null ? null : new TicketOptions(tickets.secret(), tickets.max())));
    }

    /** The keys are one of secret, publicKey, jwks and discovery. */
    record Jwt(JwtOptions options) {

        @JsonCreator
        static Jwt of(
                @JsonProperty("algorithm") @Nullable String algorithm,
                @JsonProperty("secret") @Nullable Secret secret,
                @JsonProperty("publicKey") @Nullable Secret publicKey,
                @JsonProperty("jwks") @Nullable String jwks,
                @JsonProperty("discovery") @Nullable String discovery,
                @JsonProperty("jwksAge") @Nullable Duration jwksAge,
                @JsonProperty("issuer") @Nullable String issuer,
                @JsonProperty("audience") @Nullable String audience,
                @JsonProperty("leeway") @Nullable Duration leeway,
                @JsonProperty("claim") @Nullable String claim) {
            Duration age = Objects.requireNonNullElse(jwksAge, DEFAULT_AGE);
            List<KeySource> sources = new ArrayList<>();
            if (secret != null) {
                sources.add(new KeySource.SharedSecret(secret));
            }
            if (publicKey != null) {
                sources.add(new KeySource.PublicKey(publicKey.reveal()));
            }
            if (jwks != null) {
                sources.add(
                        jwks.startsWith("http")
                                ? new KeySource.KeySetUrl(URI.create(jwks), age)
                                : new KeySource.KeySetFile(Path.of(jwks), age));
            }
            if (discovery != null) {
                sources.add(new KeySource.Discovery(URI.create(discovery), age));
            }
            require(
                    sources.size() == 1,
                    "jwt",
                    sources.size() + " sources of keys",
                    "one of secret, publicKey, jwks, discovery");
            return new Jwt(new JwtOptions(
                    sources.get(0),
                    algorithm,
                    issuer,
                    audience,
                    Objects.requireNonNullElse(leeway, Duration.ofSeconds(30)),
                    Objects.requireNonNullElse(claim, "sluice")));
        }
    }

    /** @param max how long the holder of a ticket may come back with it; default 1 hour */
    record Tickets(Secret secret, Duration max) {

        @JsonCreator
        static Tickets of(
                @JsonProperty("secret") @Nullable Secret secret, @JsonProperty("max") @Nullable Duration max) {
            require(secret != null, "secret", "none", "a text of 32 bytes or more");
            return new Tickets(Objects.requireNonNull(secret), Objects.requireNonNullElse(max, DEFAULT_MAX));
        }
    }
}
