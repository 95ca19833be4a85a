package io.sluice.sse;

import io.sluice.log.EventId;
import io.sluice.stream.CloseReason;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The blocks that are not events of the stream: words of the node to one client. */
final class ControlFrames {

    private ControlFrames() {}

    /**
     * An id alone: by WHATWG HTML 9.2.6 it becomes the last event id, and with no data nothing is dispatched. So a client
     * that drops before its first event still resumes.
     */
    static byte[] position(EventId position) {
        return bytes("id: " + position + "\n\n");
    }

    /** A comment, for proxies that end what is silent; with the position if the client does not know it yet. */
    static byte[] heartbeat(@Nullable EventId position) {
        return bytes(position == null ? ":\n\n" : ":\nid: " + position + "\n\n");
    }

    /**
     * Tells a client what it has missed.
     *
     * @param after the id that the client had, as it says
     * @param position just before the next event
     * @param next the oldest kept event, or null if there is none
     * @param lost how many events of the subscription lie between, or null if it cannot be known
     */
    static byte[] gap(@Nullable String after, EventId position, @Nullable EventId next, @Nullable Long lost) {
        JsonObject data = new JsonObject()
                .put("after", after)
                .put("next", next == null ? null : next.toString())
                .put("lost", lost);
        return bytes("event: gap\nid: " + position + "\ndata: " + data.encode() + "\n\n");
    }

    /** The last words: the position to resume from, the time to wait, and the reason. The close event itself has no id. */
    static byte[] close(@Nullable EventId position, long retryMillis, CloseReason reason) {
        return bytes((position == null ? "" : "id: " + position + "\n") + "retry: " + retryMillis
                + "\n\nevent: close\ndata: " + data(reason) + "\n\n");
    }

    private static String data(CloseReason reason) {
        return reason == CloseReason.LIFETIME
                ? "{}"
                : "{\"reason\":\"" + reason.name().toLowerCase(Locale.ROOT) + "\"}";
    }

    /** Tells a client that asks to which node it is connected. Without an id: it says nothing of the stream. */
    static byte[] node(String name) {
        return bytes("event: sluice-node\ndata: "
                + new JsonObject().put("name", name).encode() + "\n\n");
    }

    private static byte[] bytes(String block) {
        return block.getBytes(StandardCharsets.UTF_8);
    }
}
