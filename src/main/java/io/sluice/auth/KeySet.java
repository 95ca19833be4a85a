package io.sluice.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.NoSuchKeyIdException;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys that check the signatures of tokens, at a time. A value; a later set is another one.
 *
 * <p>Any thread: {@code JWTAuth} keeps its keys in maps that do not change after its constructor, and holds a lock of the key while it
 * computes with it. So all event loops share one.
 */
final class KeySet {

    private final JWTAuth keys;
    private final @Nullable String issuer;

    private KeySet(JWTAuth keys, @Nullable String issuer) {
        this.keys = keys;
        this.issuer = issuer;
    }

    /**
     * Has the keys ready. It may take some milliseconds.
     *
     * @param taken the algorithms that count
     * @param issuer whose keys they are, as it names itself, or null if that is not known
     * @return null if no key is for one of the algorithms. With no keys at all, {@code JWTAuth} would take tokens without a signature
     */
    static @Nullable KeySet of(
            Vertx vertx, List<VerificationKey> keys, Set<SignatureAlgorithm> taken, @Nullable String issuer) {
        JWTAuthOptions options = new JWTAuthOptions().setJWTOptions(new JWTOptions().setIgnoreExpiration(true));
        boolean any = false;
        for (VerificationKey key : keys) {
            for (SignatureAlgorithm algorithm : key.algorithms()) {
                if (taken.contains(algorithm)) {
                    options.addJwk(key.jwk().copy().put("alg", algorithm.name()));
                    any = true;
                }
            }
        }
        return any ? new KeySet(JWTAuth.create(vertx, options), issuer) : null;
    }

    /** Whose keys they are, as it names itself; null if that is not known. */
    @Nullable
    String issuer() {
        return issuer;
    }

    /**
     * Checks the signature of a token.
     *
     * @return fails with {@link NoSuchKeyIdException} if the key of the token is not here, and with {@link BadCredentialException} if
     *     the signature is not of that key
     */
    Future<JsonObject> check(SignedToken token) {
        return keys.authenticate(new TokenCredentials(token.text()))
                .map(user -> token.claims())
                .recover(failure -> Future.failedFuture(
                        failure instanceof NoSuchKeyIdException
                                ? failure
                                : new BadCredentialException("the token's signature does not fit")));
    }
}
