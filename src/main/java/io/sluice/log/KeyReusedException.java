package io.sluice.log;

/** An idempotency key was used for other events before: nothing of the batch is in the log. */
public final class KeyReusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param key the key */
    public KeyReusedException(String key) {
        super(
                "idempotency key \"" + key + "\" was used for other events: expected a key of its own",
                null,
                false,
                false);
    }
}
