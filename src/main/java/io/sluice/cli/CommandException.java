package io.sluice.cli;

/** What a command was asked for cannot be done. The message is one line. */
final class CommandException extends Exception {

    private static final long serialVersionUID = 1;

    CommandException(String message) {
        super(message);
    }
}
