package io.sluice.auth;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** Where the keys are that check the signatures of tokens. */
public sealed interface KeySource {

    /** One key that the issuer and the node share; for HS256, HS384 and HS512. */
    record SharedSecret(Secret secret) implements KeySource {}

    /** One public key, in PEM; for RS, PS and ES. */
    record PublicKey(String pem) implements KeySource {}

    /**
     * A JSON Web Key Set in a file, RFC 7517.
     *
     * @param age after which it is read again
     */
    record KeySetFile(Path file, Duration age) implements KeySource {}

    /**
     * A JSON Web Key Set at a URL.
     *
     * @param age after which it is read again
     */
    record KeySetUrl(URI url, Duration age) implements KeySource {}

    /**
     * The URL of an OpenID issuer, which says where its keys are: OpenID Connect Discovery 1.0.
     *
     * @param age after which the keys are read again
     */
    record Discovery(URI issuer, Duration age) implements KeySource {}
}
