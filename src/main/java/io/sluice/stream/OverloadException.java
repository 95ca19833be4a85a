package io.sluice.stream;

/** A stream could not take what was published, and may be able to later: nothing of it is in the log. */
public final class OverloadException extends RuntimeException {

    private static final long serialVersionUID = 1;

    OverloadException() {
        this("the stream has " + Ingest.MAX_EVENTS + " events or " + new Size(Ingest.MAX_BYTES)
                + " waiting for its log; try again");
    }

    OverloadException(String message) {
        super(message, null, false, false);
    }
}
