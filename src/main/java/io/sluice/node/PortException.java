package io.sluice.node;

import io.vertx.core.net.SocketAddress;

/** The node cannot listen on a port; another port may be free. */
final class PortException extends ConfigException {

    private static final long serialVersionUID = 1;

    /** @param who begins the sentence: {@code "cannot listen on "} */
    PortException(String who, SocketAddress address, Throwable cause) {
        super(who + Authority.bracketed(address.host()) + ":" + Math.max(address.port(), 0) + ": " + reason(cause));
    }

    /** The reason why the node cannot listen, without the prefix that epoll puts before it. */
    static String reason(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.replaceFirst("^bind\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", "");
    }
}
