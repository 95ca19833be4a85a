package io.sluice.node;

import io.sluice.log.InvalidOptionException;

/** A configuration that cannot be used; the message is one line: path, value, what is expected. */
class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message, null, false, false);
    }

    ConfigException(String path, String value, String expected) {
        this(path + ": " + value + ": expected " + expected);
    }

    /** The same, of something that lies deeper. */
    ConfigException under(String path) {
        return new ConfigException(path + "." + getMessage());
    }

    /** A failure of the option at a path: an option that is wrong is named with the whole path. */
    static Throwable under(String path, Throwable failure) {
        return failure instanceof InvalidOptionException invalid
                ? new ConfigException(path + "." + invalid.option(), invalid.value(), invalid.expected())
                : failure;
    }
}
