package io.sluice.auth;

import io.vertx.core.Future;

/** Where a verifier has its keys from. Any thread. */
interface Keys {

    /** The keys as they are known; fails if none are known now. */
    Future<KeySet> known();

    /**
     * The keys after another look, for a token whose key is not among those that are known.
     *
     * @return the same keys if it is not time for another look yet; on the caller's context
     */
    Future<KeySet> renewed();

    /** Looks no more. */
    void close();

    /** Keys that stay as they are. */
    static Keys fixed(KeySet keys) {
        return new Keys() {

            @Override
            public Future<KeySet> known() {
                return Future.succeededFuture(keys);
            }

            @Override
            public Future<KeySet> renewed() {
                return known();
            }

            @Override
            public void close() {}
        };
    }
}
