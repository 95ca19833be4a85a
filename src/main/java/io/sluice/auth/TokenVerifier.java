package io.sluice.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Checks tokens. Any thread. */
interface TokenVerifier {

    /**
     * Has the keys ready.
     *
     * @return fails with {@link io.sluice.log.InvalidOptionException} if a key is none, or does not fit its algorithm
     */
    static Future<TokenVerifier> open(Vertx vertx, JwtOptions options) {
        return Future.failedFuture("not built yet");
    }

    /**
     * Checks a token.
     *
     * @return who has it; fails with {@link BadCredentialException} if the token is bad, or expired for longer than {@link
     *     Rights#GRACE}, and with another exception if that cannot be known now, as long as the issuer's keys are away
     */
    Future<Identity> verify(String token);

    /** Reads no keys any more. */
    void close();
}
