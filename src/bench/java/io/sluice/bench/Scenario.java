package io.sluice.bench;

import java.util.List;
import java.util.stream.Collectors;

/** A load that all contenders get, and what of it counts. */
enum Scenario {
    A1("1 message in flight to 1000: nothing can travel together", 1000, 1, 0),
    A16("16 messages in flight to 1000: what travels together is cheap", 1000, 16, 0),
    B1K("10 messages a second to 1000, from the time each was due", 1000, 1, 10),
    C10K("10000 connect, and hold", 10_000, 0, 0),
    N10K("10000 with an event a second each, in a stream or a topic of its own", 10_000, 0, 0);

    private static final int SIZE = 100;
    private static final List<String> HEADERS = List.of("Content-Type: application/json\r\n");

    final String what;
    final int connections;
    private final int inFlight;
    private final double rate;

    Scenario(String what, int connections, int inFlight, double rate) {
        this.what = what;
        this.connections = connections;
        this.inFlight = inFlight;
        this.rate = rate;
    }

    static Scenario of(String name) {
        for (Scenario scenario : values()) {
            if (scenario.name().equalsIgnoreCase(name)) {
                return scenario;
            }
        }
        throw new IllegalArgumentException("scenario " + name + ": expected one of "
                + List.of(values()).stream().map(Scenario::title).collect(Collectors.joining(", ")));
    }

    String title() {
        return name().replace('K', 'k');
    }

    List<Figure> figures() {
        return switch (this) {
            case A1, A16 -> List.of(Figure.CPU, Figure.EVENTS);
            case B1K -> List.of(Figure.P50, Figure.P99, Figure.CPU);
            case C10K -> List.of(Figure.CONNECTS, Figure.MEMORY);
            case N10K -> List.of(Figure.P50, Figure.P99, Figure.CPU);
        };
    }

    /** Whether it publishes nothing itself. Such a scenario needs fresh servers. */
    boolean isIdle() {
        return inFlight == 0;
    }

    /** Whether the servers publish, to each subscriber its own. */
    boolean isOneByOne() {
        return this == N10K;
    }

    LoadOptions load(Contender contender, Server server, int most, int warmUp, int seconds) {
        boolean idle = isIdle();
        return new LoadOptions(
                server.url(contender.listenPath()),
                idle ? null : server.url(contender.publishPath()),
                HEADERS,
                Math.min(connections, most),
                seconds,
                idle && !isOneByOne() ? 0 : warmUp,
                inFlight,
                rate,
                SIZE,
                server.pid(),
                idle && !isOneByOne() && contender.isJvm());
    }
}
