package io.sluice.node;

import io.sluice.log.Batch;
import io.sluice.log.ByteSize;
import io.sluice.log.NewEvent;
import io.vertx.ext.web.handler.HttpException;
import java.util.ArrayList;
import java.util.List;

/**
 * A body that is an event a line: {@code application/x-ndjson}. Blank lines are no events, but count as lines: a body has at most
 * twice as many lines as events.
 */
final class EventLines implements BodyEvents {

    /** What a turn of an event loop may work on. */
    static final int LINES_A_TURN = 500;

    private static final int MAX_LINES = 2 * Batch.MAX_EVENTS;

    /** The objects around the data of an event, and its place in lists. */
    private static final int OVERHEAD = 96;

    private final PublishRequest request;
    private final EventData line;
    private final List<NewEvent> events = new ArrayList<>();
    private long size;
    /** The number of the line under way. */
    private int number = 1;

    /** @param maxEvent the size of the largest event */
    EventLines(PublishRequest request, ByteSize maxEvent) {
        this.request = request;
        this.line = new EventData(true, maxEvent, () -> "line " + number);
    }

    @Override
    public int take(byte[] bytes, int from, int to) {
        int next = from;
        for (int lines = 0; next < to && lines < LINES_A_TURN; lines++) {
            int end = endOfLine(bytes, next, to);
            line.take(bytes, next, end);
            next = end;
            if (end < to) {
                requireLine();
                endLine();
                number++;
                next++;
            }
        }
        return next;
    }

    private static int endOfLine(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    private void endLine() {
        if (line.isBlank()) {
            line.clear();
        } else if (events.size() == Batch.MAX_EVENTS) {
            throw tooMany(Batch.MAX_EVENTS + " events");
        } else {
            line.dropLast('\r');
            NewEvent event = request.event(line.end());
            events.add(event);
            size += event.size();
        }
    }

    private void requireLine() {
        if (number > MAX_LINES) {
            throw tooMany(MAX_LINES + " lines, blank ones among them");
        }
    }

    private HttpException tooMany(String most) {
        return new HttpException(413, "line " + number + " is one too many: expected at most " + most);
    }

    @Override
    public List<NewEvent> end() {
        endLine();
        if (events.isEmpty()) {
            throw new HttpException(400, "the body has no line: expected one JSON value a line");
        }
        return events;
    }

    @Override
    public long held() {
        return size + (long) OVERHEAD * events.size() + line.held();
    }
}
