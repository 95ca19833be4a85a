package io.sluice.sse;

import io.sluice.log.Event;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** An event as JSON. Its data is a string, with the line ends that a client of Server-Sent Events gets. */
final class EventJson {

    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private EventJson() {}

    /** Topic, type, time and data. */
    static JsonObject envelope(Event event) {
        return new JsonObject()
                .put("topic", event.topic())
                .put("type", event.type())
                .put("time", time(event.time()))
                .put("data", text(event));
    }

    /** All of it. */
    static JsonObject whole(Event event) {
        return new JsonObject()
                .put("id", event.id().toString())
                .put("time", time(event.time()))
                .put("topic", event.topic())
                .put("type", event.type())
                .put("data", text(event));
    }

    private static String time(Instant time) {
        return MILLIS.format(time);
    }

    private static String text(Event event) {
        String text = event.data().toString();
        return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
    }
}
