package io.sluice.log;

/** A log has appended nothing of a batch, and may be able to later: try again. */
public final class NotTakenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NotTakenException() {
        this("the stream has " + Batch.MAX_EVENTS + " events or " + Batch.MAX_SIZE + " waiting for its log; try again");
    }

    /** @param message the reason, and that the batch may be sent again */
    public NotTakenException(String message) {
        super(message, null, false, false);
    }
}
