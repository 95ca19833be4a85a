package io.sluice.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicLong;

/** Prints what comes: an event is a line of the output, whatever is in it; all else is said beside it. */
final class TailPrinter {

    private final Console console;
    private final boolean isJson;
    private final StatusLine status;
    private final AtomicLong events = new AtomicLong();
    private volatile String state = "";

    TailPrinter(Console console, boolean isJson) {
        this.console = console;
        this.isJson = isJson;
        this.status = new StatusLine(console, console.isTerminal() && console.tellsProgress());
    }

    void event(Message event) {
        status.clear();
        console.out().println(isJson ? json(event) : line(event.data()));
        events.incrementAndGet();
    }

    /** A line break within an event is {@code \n}. On a terminal other control characters are escaped, too. */
    private String line(String data) {
        return console.isTerminal() ? Web.visible(data) : data.replace("\n", "\\n");
    }

    /** With what the envelope has, if there is one. */
    private static String json(Message event) {
        JsonObject line =
                new JsonObject().put("id", event.id()).put("type", event.type().isEmpty() ? null : event.type());
        JsonObject envelope = Web.json(event.data()).orElseGet(JsonObject::new);
        if (envelope.getValue("topic") instanceof String && envelope.getValue("data") instanceof String) {
            return line.put("type", envelope.getValue("type"))
                    .put("topic", envelope.getValue("topic"))
                    .put("time", envelope.getValue("time"))
                    .put("data", envelope.getValue("data"))
                    .encode();
        }
        return line.put("data", event.data()).encode();
    }

    /** Hands over what is printed. Returns false if nobody reads it any more. */
    boolean flush(String lastId) {
        boolean isRead = !console.out().checkError();
        status.show(events.get(), lastId, state, false);
        return isRead;
    }

    /** Events that are missing between two others. */
    void gap(String data) {
        JsonObject gap = Web.json(data).orElseGet(JsonObject::new);
        String lost = gap.getValue("lost") instanceof Number number
                ? "lost " + StatusLine.count(number.longValue())
                : "lost events, nobody can say how many";
        String after = gap.getString("after");
        String next = gap.getString("next");
        String where = (after == null ? ", which are no longer kept" : ", after " + Web.visible(after))
                + (next == null ? "" : ", before " + Web.visible(next));
        note(lost + where);
    }

    /** Says something beside the output. */
    void note(String line) {
        status.clear();
        console.out().flush();
        console.err().println("sluice: " + line);
    }

    /** What the client does, for a status line. */
    void state(String now, String lastId) {
        state = now;
        status.show(events.get(), lastId, now, true);
    }

    /** Draws the status line again: the rate falls while nothing comes. */
    void refresh(String lastId) {
        status.show(events.get(), lastId, state, false);
    }

    void clear() {
        status.clear();
    }
}
