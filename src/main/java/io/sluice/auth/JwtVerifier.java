package io.sluice.auth;

import io.sluice.auth.VerifiedTokens.Verified;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.NoSuchKeyIdException;
import io.vertx.ext.auth.User;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON Web Tokens as RFC 8725 asks for: the algorithm is one that the node expects, never one that the token picks; each key is
 * of the kind that its algorithm needs; a token says until when it is good, and is for here.
 *
 * <p>A signature takes 0.1 ms (RS256) to 7 ms (ES512), which is too long for an event loop. So a token that is new is checked by threads
 * for that, fewer than there are processors: those who send bad ones keep each other waiting. One that was good is known again. What is
 * cheap comes first, so that a token that is over costs no computation with a key, and asks no issuer for one.
 */
final class JwtVerifier implements TokenVerifier {

    /** Tokens that wait for their check, a second's work with RS256. The client with one more is asked to come again. */
    private static final int MAX_WAITING = 4000;

    private final Keys keys;
    private final Set<SignatureAlgorithm> algorithms;
    private final JwtOptions options;
    private final Clock clock;
    private final WorkerExecutor threads;
    private final AtomicInteger waiting = new AtomicInteger();
    private final VerifiedTokens verified = new VerifiedTokens();

    /** @param algorithms those that are taken */
    JwtVerifier(Vertx vertx, Keys keys, Set<SignatureAlgorithm> algorithms, JwtOptions options, Clock clock) {
        this.keys = keys;
        this.algorithms = algorithms;
        this.options = options;
        this.clock = clock;
        this.threads = vertx.createSharedWorkerExecutor(
                "sluice-tokens", Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    @Override
    public Future<Identity> verify(String text) {
        @Nullable KeySet known = keys.known();
        @Nullable Verified before = known == null ? null : verified.get(text, known);
        if (before == null) {
            return checked(text)
                    .recover(failure -> Future.failedFuture(
                            failure instanceof NoSuchKeyIdException
                                    ? new BadCredentialException("the token's key is none that is known")
                                    : failure));
        }
        try {
            rules(before.keys()).end(before.claims());
            return Future.succeededFuture(before.identity());
        } catch (BadCredentialException e) {
            return Future.failedFuture(e);
        }
    }

    private Future<Identity> checked(String text) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return Future.failedFuture(new KeysAwayException("more tokens are new than can be checked"));
        }
        return threads.executeBlocking(() -> check(text, keys.known()), false)
                .onComplete(done -> waiting.decrementAndGet())
                .compose(Function.identity())
                .recover(failure -> failure instanceof NoSuchKeyIdException
                        ? keys.renewed()
                                .compose(renewed -> threads.executeBlocking(() -> check(text, renewed), false))
                                .compose(Function.identity())
                        : Future.failedFuture(failure));
    }

    private Future<Identity> check(String text, @Nullable KeySet known) {
        SignedToken token = SignedToken.parse(text);
        if (!algorithms.contains(token.algorithm())) {
            throw new BadCredentialException("the token's alg is not accepted here");
        }
        if (known == null) {
            throw new KeysAwayException("no keys are known yet");
        }
        JsonObject claims = token.claims();
        Instant end = rules(known).end(claims);
        return known.check(token).map(fits -> {
            Identity identity = identity(claims, end);
            verified.put(text, new Verified(known, claims, identity));
            return identity;
        });
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
        threads.close();
    }
}
