package io.sluice.sse;

/** A client's rights have expired a short while ago: an EventSource may have new ones when it comes back. */
final class ExpiredException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ExpiredException() {
        super("the rights have expired");
    }
}
