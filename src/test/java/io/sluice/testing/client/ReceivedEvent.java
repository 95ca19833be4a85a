package io.sluice.testing.client;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** One block of a stream as a client hands it to its user. */
public record ReceivedEvent(@Nullable String id, @Nullable String event, String data) {

    /** From the line that a client in another process printed. */
    public static ReceivedEvent parse(String json) {
        JsonObject line = new JsonObject(json);
        return new ReceivedEvent(line.getString("id"), line.getString("event"), line.getString("data"));
    }

    /** An event without a type: "message" by the standard, and no type at all with some clients. */
    public boolean isMessage() {
        return (event == null || event.isEmpty() || event.equals("message")) && !data.isEmpty();
    }

    public boolean isGap() {
        return "gap".equals(event);
    }

    /** The close event after a lifetime, not that of a node that stops. */
    public boolean isLifetime() {
        return "close".equals(event) && data.equals("{}");
    }

    public String epoch() {
        return text().substring(0, text().lastIndexOf('-'));
    }

    public long n() {
        return Long.parseLong(text().substring(text().lastIndexOf('-') + 1));
    }

    private String text() {
        return String.valueOf(id);
    }
}
