package io.sluice.node;

import io.sluice.node.HttpConfig.TransportKind;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.transport.Transport;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Netty's transports of sockets. */
final class Transports {

    private Transports() {}

    /**
     * The transport of a kind.
     *
     * @throws ConfigException if this machine or the class path does not have the named transport
     */
    static Transport of(TransportKind kind) {
        if (kind == TransportKind.AUTO) {
            return Stream.of(Transport.EPOLL, Transport.KQUEUE)
                    .filter(Transports::isAvailable)
                    .findFirst()
                    .orElse(Transport.NIO);
        }
        Transport transport = named(kind);
        if (transport == null || !transport.available()) {
            throw new ConfigException(
                    "http.transport", '"' + word(kind) + '"', "one that this machine has" + why(transport));
        }
        return transport;
    }

    /** The name of the transport of a Vert.x instance. */
    static String name(Vertx vertx) {
        return Stream.of(Transport.EPOLL, Transport.KQUEUE, Transport.IO_URING)
                .filter(Transports::isAvailable)
                .filter(transport -> transport.implementation() == ((VertxInternal) vertx).transport())
                .map(Transport::name)
                .findFirst()
                .orElse("nio");
    }

    private static @Nullable Transport named(TransportKind kind) {
        return switch (kind) {
            case EPOLL -> Transport.EPOLL;
            case KQUEUE -> Transport.KQUEUE;
            case IO_URING -> Transport.IO_URING;
            case NIO, AUTO -> Transport.NIO;
        };
    }

    private static boolean isAvailable(@Nullable Transport transport) {
        return transport != null && transport.available();
    }

    private static String why(@Nullable Transport transport) {
        Throwable cause = transport == null ? null : transport.unavailabilityCause();
        return cause == null ? "" : ": " + (cause.getMessage() == null ? cause : cause.getMessage());
    }

    private static String word(TransportKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
