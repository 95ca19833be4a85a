package io.sluice.cli;

/** A command line that is wrong. The message is one line. */
public final class UsageException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public UsageException(String message) {
        super(message);
    }
}
