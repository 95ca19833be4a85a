package io.sluice.node;

import io.sluice.log.Batch;
import io.sluice.log.ByteSize;
import io.sluice.log.NewEvent;
import io.vertx.ext.web.handler.HttpException;
import java.util.ArrayList;
import java.util.List;

/**
 * A body that is an event a line: {@code application/x-ndjson}. If it is taken as a whole, blank lines are no events, but count as
 * lines: a body has at most twice as many lines as events. If it is not, its events are taken out as they come, and their number has
 * no bound.
 */
final class EventLines implements BodyEvents {

    /** What a turn of an event loop may work on. */
    static final int LINES_A_TURN = 500;

    /** What is taken out at once, in bytes. Other publishers need the log, too. */
    private static final long BATCH_BYTES = 128 << 10;

    private static final int MAX_LINES = 2 * Batch.MAX_EVENTS;

    /** The objects around the data of an event, and its place in lists. */
    private static final int OVERHEAD = 96;

    private final PublishRequest request;
    private final EventData line;
    private final List<NewEvent> events = new ArrayList<>();
    private boolean hasBegun;
    private long size;
    /** The number of the line under way. */
    private long number = 1;

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
        } else if (request.atomic() && events.size() == Batch.MAX_EVENTS) {
            throw tooMany(Batch.MAX_EVENTS + " events");
        } else {
            line.dropLast('\r');
            NewEvent event = request.event(line.end());
            events.add(event);
            hasBegun = true;
            size += event.size();
        }
    }

    private void requireLine() {
        if (request.atomic() && number > MAX_LINES) {
            throw tooMany(MAX_LINES + " lines, blank ones among them");
        }
    }

    private HttpException tooMany(String most) {
        return new HttpException(413, "line " + number + " is one too many: expected at most " + most);
    }

    /** The number of the line under way, from 1. */
    long number() {
        return number;
    }

    /** Takes the last line, if no line end came after it. */
    void endLastLine() {
        endLine();
    }

    /** Whether no event has come, in all. */
    boolean isEmpty() {
        return !hasBegun;
    }

    /** Whether events are whole and were not taken out. */
    boolean hasEvents() {
        return !events.isEmpty();
    }

    /** Whether so many events are whole that no more are to be taken before some are taken out. */
    boolean isFull() {
        return events.size() >= LINES_A_TURN || size >= BATCH_BYTES;
    }

    /** Takes out the first events that are whole, none if there are none: of 128 kB at most, or one that is larger. */
    List<NewEvent> takeOut() {
        int count = 0;
        long bytes = 0;
        while (count < events.size() && (count == 0 || bytes + events.get(count).size() <= BATCH_BYTES)) {
            bytes += events.get(count).size();
            count++;
        }
        List<NewEvent> first = events.subList(0, count);
        List<NewEvent> batch = List.copyOf(first);
        first.clear();
        size -= bytes;
        return batch;
    }

    /** The memory that an event holds, in bytes. */
    static long held(NewEvent event) {
        return OVERHEAD + (long) event.size();
    }

    @Override
    public List<NewEvent> end() {
        endLine();
        if (isEmpty()) {
            throw noLine();
        }
        return events;
    }

    /** The answer to a body of blank lines. */
    static HttpException noLine() {
        return new HttpException(400, "the body has no line: expected one JSON value a line");
    }

    @Override
    public long held() {
        return size + (long) OVERHEAD * events.size() + line.held();
    }
}
