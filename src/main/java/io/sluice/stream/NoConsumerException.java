package io.sluice.stream;

/** Nobody consumes at an address of the bus, at any node. */
public final class NoConsumerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NoConsumerException(String address) {
        super("nobody consumes at " + address, null, false, false);
    }
}
