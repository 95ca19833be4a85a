package io.sluice.soak;

import java.util.HashMap;
import java.util.Map;

/**
 * What one client was promised, checked block by block, over all its connections: in order, each once, none missing unless a
 * gap says so. The data of an event is {@code topic sequence padding}; sequences are dense in each topic, so that a filtered
 * client sees a hole as well as an unfiltered one.
 */
final class Promise {

    private static final long NOWHERE = -1;

    private final boolean unfiltered;
    private final Map<String, Long> sequences = new HashMap<>();
    private String epoch = "";
    private long position = NOWHERE;
    private boolean dense; // whether the next event's id has to be the position's successor
    private boolean snapshot; // which has holes before its end, and nobody says where that is

    long events;
    long gaps;
    boolean closed;

    Promise(boolean unfiltered) {
        this.unfiltered = unfiltered;
    }

    /** The last id it was sent, or empty. */
    String lastEventId() {
        return position == NOWHERE ? "" : epoch + '-' + position;
    }

    /** The next response begins: after the last id where there is one, else with a replay. */
    void open(String replay) {
        closed = false;
        snapshot = replay.equals("replay=snapshot");
        dense = unfiltered && position != NOWHERE;
    }

    /** Takes a block; says what is wrong with it, or nothing. */
    String take(String block) {
        if (closed) {
            return "after the close event: " + block;
        }
        String id = field(block, "id: ");
        String event = field(block, "event: ");
        String data = field(block, "data: ");
        if (event.equals("close")) {
            closed = true;
            return data.equals("{}") ? "" : "closed with " + data;
        }
        if (id.isEmpty()) {
            return data.isEmpty() ? "" : "without an id: " + block;
        }
        long n = number(id);
        epoch = id.substring(0, id.lastIndexOf('-'));
        if (event.equals("gap")) {
            return gap(n, data);
        }
        return data.isEmpty() ? position(n) : event(n, data);
    }

    private String event(long n, String data) {
        if (n <= position || (dense && n != position + 1)) {
            return "event " + n + " after " + position;
        }
        dense = unfiltered && !snapshot;
        position = n;
        events++;
        String[] parts = data.substring(1).split(" ", 3);
        if (parts.length < 3) {
            return "an event that nobody published: " + data;
        }
        long sequence = Long.parseLong(parts[1]);
        Long before = sequences.put(parts[0], sequence);
        return before == null || sequence == before + 1
                ? ""
                : "event " + sequence + " of " + parts[0] + " after " + before + ", at id " + n;
    }

    private String position(long n) {
        boolean wrong = n < position || (dense && n != position);
        String problem = wrong ? "position " + n + " after " + position : "";
        position = n;
        dense = unfiltered;
        return problem;
    }

    private String gap(long n, String data) {
        boolean wrong = n < position || (dense && !data.contains("\"lost\":" + (n - position) + "}"));
        String problem = wrong ? "gap " + data + " to " + n + " after " + position : "";
        position = n;
        dense = unfiltered;
        sequences.clear();
        gaps++;
        return problem;
    }

    private static long number(String id) {
        return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
    }

    private static String field(String block, String name) {
        int from = block.startsWith(name) ? 0 : block.indexOf('\n' + name) + 1;
        if (from == 0 && !block.startsWith(name)) {
            return "";
        }
        int end = block.indexOf('\n', from);
        return block.substring(from + name.length(), end < 0 ? block.length() : end);
    }
}
