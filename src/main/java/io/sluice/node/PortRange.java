package io.sluice.node;

import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The ports that a server may listen on, in the order in which they are tried.
 *
 * @param ports one at least; a negative number stands for any free port: servers with the same one share it
 */
record PortRange(List<Integer> ports) {

    private static final int MAX = 65535;

    PortRange {
        ports = List.copyOf(ports);
    }

    /** As a configuration has it. */
    static PortRange of(int port, int ports) {
        return new PortRange(
                port == 0
                        ? List.of(-ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE))
                        : IntStream.range(port, port + ports).boxed().toList());
    }

    /**
     * As many ports as a configuration has, from its first one upwards. Those of another range are left to that, where both are for
     * several nodes on one machine: otherwise the second node would not find the port at which it is expected.
     */
    static PortRange beside(PortRange taken, int port, int ports) {
        if (port == 0 || ports == 1 || taken.ports.size() == 1) {
            return of(port, ports);
        }
        List<Integer> left = IntStream.rangeClosed(port, MAX)
                .filter(candidate -> !taken.ports.contains(candidate))
                .limit(ports)
                .boxed()
                .toList();
        return left.isEmpty() ? of(port, ports) : new PortRange(left);
    }

    /** Tries one port after another, until one is free. The server fails with {@link PortException} if it is not. */
    <T> Future<T> listen(IntFunction<Future<T>> server) {
        return server.apply(ports.get(0))
                .recover(failure -> failure instanceof PortException && ports.size() > 1
                        ? new PortRange(ports.subList(1, ports.size())).listen(server)
                        : Future.failedFuture(failure));
    }
}
