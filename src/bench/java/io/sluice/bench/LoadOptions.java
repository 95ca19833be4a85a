package io.sluice.bench;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The options of a load.
 *
 * @param url where to listen; each connection has its own number, from 0 on, in the place of {@link #NUMBER}
 * @param publish where to publish, or null to listen only
 * @param headers of a publication, each with its line end
 * @param warmUp seconds before those that are measured
 * @param inFlight the closed loop: how many messages may be under way
 * @param rate the open loop: messages a second; 0 for the closed loop
 * @param size of a message, in bytes
 * @param pid of the process to measure, with its descendants; 0 for none
 * @param gc whether that is a JVM, to collect its garbage before its memory is read
 */
record LoadOptions(
        URI url,
        @Nullable URI publish,
        List<String> headers,
        int connections,
        int seconds,
        int warmUp,
        int inFlight,
        double rate,
        int size,
        long pid,
        boolean gc) {

    /** What the number of a connection stands for in a URL. */
    static final String NUMBER = "@n";

    private static final Set<String> NAMES = Set.of(
            "--url",
            "--publish",
            "--header",
            "--connections",
            "--seconds",
            "--warm-up",
            "--in-flight",
            "--rate",
            "--size",
            "--pid");

    private static final Set<String> FLAGS = Set.of("--gc");
    private static final String TYPE = "Content-Type: application/json";

    LoadOptions {
        headers = List.copyOf(headers);
    }

    /** @throws IllegalArgumentException that names what is wrong, and what is expected */
    static LoadOptions of(List<String> given) {
        Arguments arguments = new Arguments(given, NAMES, FLAGS);
        String url = arguments.text("--url");
        if (url == null) {
            throw new IllegalArgumentException("--url is missing: expected where to listen");
        }
        if (arguments.has("--rate") && arguments.has("--in-flight")) {
            throw new IllegalArgumentException("--rate and --in-flight: expected one of them, or none");
        }
        String publish = arguments.text("--publish");
        List<String> headers = arguments.has("--header") ? arguments.all("--header") : List.of(TYPE);
        return new LoadOptions(
                http("--url", url),
                publish == null ? null : http("--publish", publish),
                headers.stream().map(header -> header + "\r\n").toList(),
                Machine.allow(arguments.integer("--connections", 1000, 1)),
                arguments.integer("--seconds", 10, 1),
                arguments.integer("--warm-up", 2, 0),
                arguments.integer("--in-flight", 1, 1),
                arguments.positive("--rate"),
                arguments.integer("--size", 100, 0),
                arguments.integer("--pid", 0, 0),
                arguments.has("--gc"));
    }

    private static URI http(String name, String text) {
        URI url = URI.create(text);
        if (!"http".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException(name + " " + text + ": expected http://host:port/path");
        }
        return url;
    }

    boolean isOpenLoop() {
        return rate > 0;
    }

    /** From one message of the open loop to the next. */
    long periodNanos() {
        return isOpenLoop() ? Math.max(1, (long) (TimeUnit.SECONDS.toNanos(1) / rate)) : 0;
    }
}
