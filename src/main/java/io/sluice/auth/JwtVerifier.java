package io.sluice.auth;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.NoSuchKeyIdException;
import io.vertx.ext.auth.User;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;

/**
 * Checks JSON Web Tokens as RFC 8725 asks for: the algorithm is one that the node expects, never one that the token picks; each key is
 * of the kind that its algorithm needs; a token says until when it is good, and is for here.
 *
 * <p>What is cheap comes first, so that a token that is over costs no computation with a key, and asks no issuer for one.
 */
final class JwtVerifier implements TokenVerifier {

    private final Keys keys;
    private final Set<SignatureAlgorithm> algorithms;
    private final JwtOptions options;
    private final Clock clock;

    /** @param algorithms those that are taken */
    JwtVerifier(Keys keys, Set<SignatureAlgorithm> algorithms, JwtOptions options, Clock clock) {
        this.keys = keys;
        this.algorithms = algorithms;
        this.options = options;
        this.clock = clock;
    }

    @Override
    public Future<Identity> verify(String text) {
        try {
            SignedToken token = SignedToken.parse(text);
            if (!algorithms.contains(token.algorithm())) {
                throw new BadCredentialException("the token's alg is none that is taken here");
            }
            return keys.known().compose(known -> verify(token, known));
        } catch (BadCredentialException e) {
            return Future.failedFuture(e);
        }
    }

    private Future<Identity> verify(SignedToken token, KeySet known) {
        Instant end = rules(known).end(token.claims());
        return known.check(token)
                .recover(failure -> failure instanceof NoSuchKeyIdException
                        ? keys.renewed().compose(renewed -> renewed.check(token))
                        : Future.failedFuture(failure))
                .map(claims -> identity(claims, end))
                .recover(failure -> Future.failedFuture(
                        failure instanceof NoSuchKeyIdException
                                ? new BadCredentialException("the token's key is none that is known")
                                : failure));
    }

    private ClaimRules rules(KeySet known) {
        return new ClaimRules(
                options.issuer() == null ? known.issuer() : options.issuer(),
                options.audience(),
                options.leeway(),
                clock);
    }

    /** The user without the token itself, which would last as long as a subscription. */
    private Identity identity(JsonObject claims, Instant end) {
        return new Identity(
                User.create(claims), RightsClaim.of(claims, options.claim()).until(end));
    }

    @Override
    public void close() {
        keys.close();
    }
}
