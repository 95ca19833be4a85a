package io.sluice.soak;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** What a node holds before a load, and must not hold after it. */
final class LeftOvers {

    /** The time that the node has to release everything. */
    static final long REST_SECONDS = 30;

    private static final int SIGTERM = 128 + 15;
    private static final int SPARE_FILES = 5;
    // Vert.x has up to 40 workers, and the JVM's compilers come and go.
    private static final int SPARE_THREADS = 45;
    // Buffers that Netty keeps for the next time: up to 4096 an event loop.
    private static final int SPARE_BUFFERS = 10_000;
    private static final String ALARM = "LEAK:|has been blocked for|Exception|Error|ERROR";

    /** The words of Vert.x 5.0 about a client's reset (with an exception of its own on the way) and of a bad HTTP/2 preface. */
    private static final String KNOWN =
            "Connection reset|Broken pipe|this\\.response|First received frame was not SETTINGS";

    private final NodeUnderLoad node;
    private final Verdict verdict;
    private final int files;
    private final int threads;

    /** Looks at a node that has been warmed up. */
    LeftOvers(NodeUnderLoad node, Verdict verdict) throws IOException {
        this.node = node;
        this.verdict = verdict;
        this.files = node.openFiles();
        this.threads = node.threads();
        System.out.printf("soak: before: %d open files, %d threads%n", files, threads);
    }

    /** Waits until the node is as it was. */
    void check() throws IOException, InterruptedException {
        verdict.expect(node.isAlive(), "the node has died");
        await("connections", node::connections, 0);
        await("open files", node::openFiles, files + SPARE_FILES);
        await("threads", node::threads, threads + SPARE_THREADS);
        await("subscriptions", () -> node.instances("io\\.sluice\\.sse\\.Subscription"), 0);
        await("HTTP connections", () -> node.instances("io\\.vertx\\..*Http[12].*ServerConnection"), 0);
        await("channels", () -> node.instances("io\\.netty\\.channel\\..*\\.(Nio|Epoll|IoUring)SocketChannel"), 0);
        await("buffers", () -> node.instances("io\\.netty\\.buffer\\..*ByteBuf"), SPARE_BUFFERS);
    }

    /** Ends the node, which must have said nothing alarming. */
    void checkEnd() throws IOException, InterruptedException {
        int status = node.terminate();
        verdict.expect(status == SIGTERM, "at SIGTERM it ends with " + status);
        List<String> alarms = node.said(ALARM);
        List<String> unknown = alarms.stream()
                .filter(Pattern.compile(KNOWN).asPredicate().negate())
                .toList();
        System.out.printf("soak: the node's log has %d known complaints%n", alarms.size() - unknown.size());
        unknown.stream().limit(20).forEach(line -> verdict.expect(false, "it said: " + line));
    }

    /** Waits until there are no more than so many of something. */
    private void await(String what, NodeUnderLoad.Gauge gauge, long most) throws IOException, InterruptedException {
        boolean few = node.await(REST_SECONDS, () -> gauge.read() <= most);
        long left = gauge.read();
        System.out.printf("soak: after: %d %s%n", left, what);
        verdict.expect(few, left + " " + what + ", expected at most " + most);
    }
}
