package io.sluice.log;

/** A template has no stream of a name, and what was asked for does not make one. */
public final class NoSuchStreamException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message which stream, and what is expected */
    public NoSuchStreamException(String message) {
        super(message, null, false, false);
    }
}
