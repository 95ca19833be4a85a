package io.sluice.testing.process;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What Vert.x 5.0.12 prints when a message is published to two nodes and one of them dies meanwhile: both writes complete the
 * same promise, and the second one throws (vert.x#6211). It is no fault of the node that prints it.
 */
final class DoubleCompletion {

    private static final Pattern HEAD = Pattern.compile("ERROR ContextImpl - Unhandled exception$");
    private static final String FAILURE = "java.lang.IllegalStateException: Promise already completed";
    private static final String FRAME = "\tat ";
    private static final String WRITE =
            FRAME + "io.vertx.core.eventbus.impl.clustered.OutboundConnection.writeMessage(";

    private DoubleCompletion() {}

    /** The lines without it. */
    static List<String> removedFrom(List<String> lines) {
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int end = traceEnd(lines, i);
            if (end > i && lines.subList(i, end).stream().anyMatch(line -> line.startsWith(WRITE))) {
                i = end - 1;
            } else {
                rest.add(lines.get(i));
            }
        }
        return rest;
    }

    /** The line behind the trace that begins at {@code i}, or {@code i} if another line is there. */
    private static int traceEnd(List<String> lines, int i) {
        boolean begins = HEAD.matcher(lines.get(i)).find()
                && i + 1 < lines.size()
                && lines.get(i + 1).equals(FAILURE);
        if (!begins) {
            return i;
        }
        int end = i + 2;
        while (end < lines.size() && lines.get(end).startsWith(FRAME)) {
            end++;
        }
        return end;
    }
}
