package io.sluice.log;

/** The log may have a batch, or not: its answer was lost. Append it again with the same idempotency key. */
public final class OutcomeUnknownException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String reason;

    /** @param reason why the answer was lost: {@code the node that led the log has died} */
    public OutcomeUnknownException(String reason) {
        super(reason + ", and nobody can say whether the log has this", null, false, false);
        this.reason = reason;
    }

    /** Why the answer was lost. */
    public String reason() {
        return reason;
    }

    /** The named outcome of a failed append: the failure itself, or an unknown outcome because of it. */
    static Throwable outcomeOf(Throwable failure) {
        boolean named = failure instanceof NotTakenException
                || failure instanceof OutcomeUnknownException
                || failure instanceof KeyReusedException
                || failure instanceof StreamEndedException
                || failure instanceof NoSuchStreamException;
        return named ? failure : new OutcomeUnknownException(String.valueOf(failure.getMessage()));
    }
}
