package io.sluice.bench;

import java.io.IOException;
import java.util.List;

/**
 * The benchmark, from Maven or from a command line of one's own:
 *
 * <pre>
 * mvn -Pbench verify -Dbench.args="..."
 * </pre>
 */
public final class Bench {

    private static final int INTERRUPTED = 128 + 2;

    private static final String HELP = """
            mvn -Pbench verify                               jmh and compare
            mvn -Pbench verify -Dbench.args="COMMAND ..."

            jmh [REGEX]       what one step of an event's way costs: time and garbage (JMH)

            compare           the node beside nginx with nchan and Express, where they are installed
              --servers LIST       sluice,nchan,express; also measured: with metrics; named and topics: a stream by name, or a
                                   topic, for each subscriber
              --scenarios LIST     A1,A16,B1k,C10k; also N10k
              --rounds N           3: each server has its turn in each round
              --seconds N          4: of each measurement
              --warm-up N          10: seconds for a server that has just started, with 16 in flight, then 1
              --connections N      at most; the scenarios want 1000, and C10k 10000
              --transport NAME     auto: the node's http.transport
              --cores S,C          0,1: the servers' core and the load generator's; none to leave them alone
              --jar FILE           target/sluice.jar

            lives             streams by name that are made, filled, read and ended, and the heap that they cost
              --at-once N          32 streams
              --seconds N          10: those that are measured
              --events N           200, of each stream
              --size N             100: bytes of an event
              --quiet N            10000 streams, with ten events and no subscriber, whose heap is measured
              --cores S,C, --jar FILE   as above

            rates             readers with ?rate= beside readers without, of one stream with many topics
              --connections N      1000
              --topics N           50
              --per-second N       20: events of each topic
              --rate N             5: writes a second to each reader
              --seconds N          5: of each measurement, after as many to warm up
              --cores S,C, --jar FILE   as above

            load              one load on any URL with Server-Sent Events; it exits with 1 where events are lost
              --url URL            where to listen; @n in it is the number of the connection, from 0 on
              --publish URL        where to publish; without it, it only listens. With @n each message is for one, in turn
              --header LINE        of a publication, may be repeated; Content-Type: application/json
              --connections N      1000
              --seconds N          10: those that are measured
              --warm-up N          2: seconds before them
              --in-flight N        1: the closed loop, with so many messages under way
              --rate N             the open loop: so many messages a second, whatever the server does
              --size N             100: bytes of a message
              --pid PID            the server, to have its CPU time and memory
              --gc                 it is a JVM: collect its garbage before its memory is read
            """;

    private Bench() {}

    /** Runs a command, and exits with 1 where what was measured is wrong, and with 2 where the command is. */
    public static void main(String[] arguments) throws Exception {
        // The benchmark ends with Maven, even if only Maven is killed.
        if (Boolean.getBoolean("bench.endsWithParent")) {
            ProcessHandle.current().parent().ifPresent(Bench::endWith);
        }
        System.exit(status(List.of(arguments)));
    }

    private static void endWith(ProcessHandle parent) {
        Thread guard = new Thread(() -> {
            parent.onExit().join();
            System.exit(INTERRUPTED);
        });
        guard.setDaemon(true);
        guard.start();
    }

    private static int status(List<String> arguments) throws IOException, InterruptedException {
        try {
            return run(arguments) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            return 2;
        }
    }

    private static boolean run(List<String> arguments) throws IOException, InterruptedException {
        String command = arguments.isEmpty() ? "" : arguments.get(0);
        List<String> options = arguments.subList(Math.min(1, arguments.size()), arguments.size());
        return switch (command) {
            case "" -> all();
            case "compare" -> new Comparison(ComparisonOptions.of(options)).run();
            case "lives" -> new StreamLives(LivesOptions.of(options)).run();
            case "rates" -> new Rates(RatesOptions.of(options)).run();
            case "jmh" -> jmh(options);
            case "load" -> load(options);
            case "--help", "-h", "help" -> help();
            default -> throw new IllegalArgumentException("unknown command " + command + ": see --help");
        };
    }

    private static boolean all() throws IOException, InterruptedException {
        boolean measured = jmh(List.of());
        return new Comparison(ComparisonOptions.of(List.of())).run() && measured;
    }

    private static boolean help() {
        System.out.print(HELP);
        return true;
    }

    private static boolean jmh(List<String> arguments) {
        return new Microbenchmarks().run(arguments.isEmpty() ? ".*" : arguments.get(0));
    }

    private static boolean load(List<String> arguments) throws IOException, InterruptedException {
        LoadOptions options = LoadOptions.of(arguments);
        try (Loop loop = new Loop()) {
            LoadReport report = new LoadRun(options, loop, new ProgressLine("load")).run();
            System.out.println();
            System.out.print(report.text());
            return report.faults().isEmpty();
        }
    }
}
