package io.sluice.testing.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DoubleCompletionTest {

    private static final String HEAD = "2026-11-27T00:21:29.561Z ERROR ContextImpl - Unhandled exception";
    private static final String FAILURE = "java.lang.IllegalStateException: Promise already completed";
    private static final String FAIL = "\tat io.vertx.core.Promise.fail(Promise.java:104)";
    private static final String WRITE =
            "\tat io.vertx.core.eventbus.impl.clustered.OutboundConnection.writeMessage(OutboundConnection.java:86)";
    private static final String LAST = "\tat java.base/java.lang.Thread.run(Thread.java:840)";

    @Test
    void itsTraceGoesAndTheLinesAroundItStay() {
        List<String> lines = List.of("before", HEAD, FAILURE, FAIL, WRITE, LAST, HEAD, FAILURE, WRITE, "after");
        assertEquals(List.of("before", "after"), DoubleCompletion.removedFrom(lines));
    }

    @Test
    void anotherTraceStays() {
        Stream.of(
                        List.of(HEAD, FAILURE, FAIL, LAST),
                        List.of(HEAD, "java.lang.IllegalStateException: another", WRITE),
                        List.of("ERROR Node - failed", FAILURE, WRITE),
                        List.of(HEAD))
                .forEach(lines -> assertEquals(lines, DoubleCompletion.removedFrom(lines)));
    }
}
