package io.sluice.auth;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Where a verifier has its keys from. Any thread. */
interface Keys {

    /** The keys as they are known; null if none are yet. */
    @Nullable
    KeySet known();

    /**
     * The keys after another look, for a token whose key is not among those that are known.
     *
     * @return the same keys if it is not time for another look yet, or if nothing has changed; fails with {@link
     *     KeysAwayException} if nobody can say now. On any context
     */
    Future<KeySet> renewed();

    /** The keys after another look now; fails if nobody can say now, and leaves them as they are. On any context. */
    Future<KeySet> read();

    /** Looks no more. Completes when no look will begin. */
    Future<Void> close();

    /** Keys that stay as they are. */
    static Keys fixed(KeySet keys) {
        return new Keys() {

            @Override
            public KeySet known() {
                return keys;
            }

            @Override
            public Future<KeySet> renewed() {
                return Future.succeededFuture(keys);
            }

            @Override
            public Future<KeySet> read() {
                return Future.succeededFuture(keys);
            }

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        };
    }
}
