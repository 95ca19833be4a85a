package io.sluice.auth;

import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;

/** Checks tokens. Any thread. */
interface TokenVerifier {

    /**
     * Has the keys ready.
     *
     * @return fails with {@link InvalidOptionException} if a key is none, or does not fit its algorithm
     */
    static Future<TokenVerifier> open(Vertx vertx, JwtOptions options) {
        try {
            return new KeyLoading(vertx, options, Clock.systemUTC()).open();
        } catch (InvalidOptionException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * Checks a token.
     *
     * @return who has it; fails with {@link BadCredentialException} if the token is bad, or expired for longer than {@link
     *     Rights#GRACE}, with {@link KeysAwayException} while the issuer's keys are
     *     away, and with {@link TooManyTokensException} if too many others wait for their check
     */
    Future<Identity> verify(String token);

    /** Whether it has keys to check tokens with. */
    boolean hasKeys();

    /**
     * Reads the keys again where they may have changed. Tokens that are known stay so while the keys are the same.
     *
     * @return whether they have; fails, and keeps those that it had, if they cannot be read
     */
    Future<Boolean> reread();

    /** Reads no keys any more, and closes when the checks that have begun are done: another one has its place. */
    void retire();

    /** Reads no keys any more, and begins no check. Completes when that is so. */
    Future<Void> close();
}
