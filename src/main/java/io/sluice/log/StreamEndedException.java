package io.sluice.log;

/** A stream has ended: nothing can be published to it any more, and nothing of the batch is in the log. */
public final class StreamEndedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param stream the name of the stream */
    public StreamEndedException(String stream) {
        super("the stream " + stream + " has ended: expected no more events", null, false, false);
    }
}
