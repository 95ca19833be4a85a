package io.sluice.stream;

/** A stream could not take what was published, and may be able to later: nothing of it is in the log. */
public final class OverloadException extends RuntimeException {

    private static final long serialVersionUID = 1;

    OverloadException() {
        this("the stream has " + Submission.MAX_EVENTS + " events or " + Submission.MAX_SIZE
                + " waiting for its log; try again");
    }

    /** @param message why, and that it may be tried again */
    public OverloadException(String message) {
        super(message, null, false, false);
    }
}
