package io.sluice.node;

import io.sluice.log.InvalidOptionException;

/** A configuration is wrong. The message is one line: the path, the value, and what is expected. */
class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message, null, false, false);
    }

    ConfigException(String path, String value, String expected) {
        this(path + ": " + value + ": expected " + expected);
    }

    /** The same mistake, with a longer path. */
    ConfigException under(String path) {
        return new ConfigException(path + "." + getMessage());
    }

    /** A failure below a path. A wrong option is named with its whole path. */
    static Throwable under(String path, Throwable failure) {
        return failure instanceof InvalidOptionException invalid
                ? new ConfigException(path + "." + invalid.option(), invalid.value(), invalid.expected())
                : failure;
    }
}
