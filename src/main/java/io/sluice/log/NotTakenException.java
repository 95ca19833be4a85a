package io.sluice.log;

/** A stream could not take what was published, and may be able to later: nothing of it is in the log. */
public final class NotTakenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NotTakenException() {
        this("the stream has " + Batch.MAX_EVENTS + " events or " + Batch.MAX_SIZE + " waiting for its log; try again");
    }

    /** @param message why, and that it may be tried again */
    public NotTakenException(String message) {
        super(message, null, false, false);
    }
}
