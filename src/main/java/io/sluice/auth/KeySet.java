package io.sluice.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.NoSuchKeyIdException;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Keys that check the signatures of tokens, at a time. A value; a later set is another one.
 *
 * <p>Any thread. So is {@code JWTAuth}: it keeps its keys in maps that do not change after its constructor, and holds a lock of the key
 * while it computes with it. For the sake of that lock each thread takes one of its own: they would stand in line for a millisecond.
 */
final class KeySet {

    private final Vertx vertx;
    private final List<JsonObject> keys;
    private final @Nullable String issuer;
    private final Queue<JWTAuth> idle = new ConcurrentLinkedQueue<>();

    private KeySet(Vertx vertx, List<JsonObject> keys, @Nullable String issuer) {
        this.vertx = vertx;
        this.keys = keys;
        this.issuer = issuer;
    }

    /**
     * The keys that count.
     *
     * @param taken the algorithms that count
     * @param issuer whose keys they are, as it names itself, or null if that is not known
     * @return empty if no key is for one of the algorithms. With no keys at all, {@code JWTAuth} would take tokens without a signature
     */
    static Optional<KeySet> of(
            Vertx vertx, List<VerificationKey> keys, Set<SignatureAlgorithm> taken, @Nullable String issuer) {
        List<JsonObject> fitting = new ArrayList<>();
        for (VerificationKey key : keys) {
            for (SignatureAlgorithm algorithm : key.algorithms()) {
                if (taken.contains(algorithm)) {
                    fitting.add(key.jwk().copy().put("alg", algorithm.name()));
                }
            }
        }
        return fitting.isEmpty() ? Optional.empty() : Optional.of(new KeySet(vertx, fitting, issuer));
    }

    /** Whether another set has the same keys, of the same issuer. */
    boolean isSame(KeySet other) {
        return keys.equals(other.keys) && Objects.equals(issuer, other.issuer);
    }

    /** Whose keys they are, as it names itself; null if that is not known. */
    @Nullable
    String issuer() {
        return issuer;
    }

    /**
     * Checks the signature of a token. It takes up to some milliseconds, and a key that is used for the first time takes more.
     *
     * @return fails with {@link NoSuchKeyIdException} if the key of the token is not here, and with {@link BadCredentialException} if
     *     the signature is not of that key
     */
    Future<Void> check(SignedToken token) {
        @Nullable JWTAuth taken = idle.poll();
        JWTAuth jwt = taken == null ? create() : taken;
        Future<User> user = jwt.authenticate(new TokenCredentials(token.text()));
        idle.add(jwt);
        return user.<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(
                        failure instanceof NoSuchKeyIdException
                                ? failure
                                : new BadCredentialException("the token's signature does not fit")));
    }

    private JWTAuth create() {
        JWTAuthOptions options = new JWTAuthOptions().setJWTOptions(new JWTOptions().setIgnoreExpiration(true));
        keys.forEach(options::addJwk);
        return JWTAuth.create(vertx, options);
    }
}
