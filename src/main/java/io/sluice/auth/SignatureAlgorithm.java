package io.sluice.auth;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The algorithms that may sign a token, by their names in {@code alg}: RFC 7518 3.1 without {@code none}. */
enum SignatureAlgorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512;

    /** For a secret. */
    static final Set<SignatureAlgorithm> SECRET = Set.copyOf(EnumSet.range(HS256, HS512));

    /** For an RSA key. */
    static final Set<SignatureAlgorithm> RSA = Set.copyOf(EnumSet.range(RS256, PS512));

    /** For a public key, of whatever kind. */
    static final Set<SignatureAlgorithm> PUBLIC = Set.copyOf(EnumSet.range(RS256, ES512));

    /** The algorithm of a name, which is written as in the RFC; none for another name. */
    static Optional<SignatureAlgorithm> of(String name) {
        return Arrays.stream(values())
                .filter(known -> known.name().equals(name))
                .findFirst();
    }

    /** The names, for a message. */
    static String names(Set<SignatureAlgorithm> algorithms) {
        return algorithms.stream().sorted().map(Enum::name).collect(Collectors.joining(", "));
    }

    /** The bytes of a signature, for the algorithms that have always the same number of them; 0 for the others. */
    int signatureBytes() {
        return switch (this) {
            case HS256 -> 32;
            case HS384 -> 48;
            case HS512, ES256 -> 64;
            case ES384 -> 96;
            case ES512 -> 132;
            case RS256, RS384, RS512, PS256, PS384, PS512 -> 0;
        };
    }
}
