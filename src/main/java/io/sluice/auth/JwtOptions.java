package io.sluice.auth;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are good, and what they say of rights.
 *
 * @param keys check the signatures
 * @param algorithm the only one that is taken, such as {@code RS256}; null for those that fit the keys
 * @param issuer what {@code iss} has to be, or null for any
 * @param audience what {@code aud} has to be or to contain, or null for any
 * @param leeway how far the clocks of issuer and node may be apart, for {@code nbf}, {@code iat} and {@code exp}
 * @param claim the name of the claim with the rights
 */
public record JwtOptions(
        KeySource keys,
        @Nullable String algorithm,
        @Nullable String issuer,
        @Nullable String audience,
        Duration leeway,
        String claim) {

    /** The algorithms that there are: RFC 7518 3.1 without {@code none}. */
    public static final List<String> ALGORITHMS =
            Arrays.stream(SignatureAlgorithm.values()).map(Enum::name).toList();
}
