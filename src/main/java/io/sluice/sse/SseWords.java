package io.sluice.sse;

import io.sluice.log.EventId;
import io.sluice.stream.CloseReason;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Words of the node to one client, as blocks of Server-Sent Events. */
enum SseWords implements Words {

    /** With the node's own events. */
    SPOKEN,

    /**
     * Without any event: for clients that take each one for data. What is no event stays: the ids, the comments, and the time to wait.
     */
    SILENT {
        @Override
        public byte[] gap(@Nullable String after, EventId position, @Nullable EventId next, @Nullable Long lost) {
            return position(position);
        }

        @Override
        String event(CloseReason reason) {
            return "";
        }
    };

    static SseWords of(Manner manner) {
        return manner instanceof Manner.Streaming streaming && !streaming.control() ? SILENT : SPOKEN;
    }

    /** Those of a request that may be wrong, or was not read. */
    static SseWords of(RoutingContext routing) {
        return routing.queryParam("control").equals(List.of("off")) ? SILENT : SPOKEN;
    }

    /**
     * An id alone: by WHATWG HTML 9.2.6 it becomes the last event id, and with no data nothing is dispatched. So a client
     * that drops before its first event still resumes.
     */
    @Override
    public byte[] position(EventId position) {
        return bytes("id: " + position + "\n\n");
    }

    /** A comment, for proxies that end what is silent. */
    @Override
    public byte[] heartbeat(@Nullable EventId position) {
        return bytes(position == null ? ":\n\n" : ":\nid: " + position + "\n\n");
    }

    @Override
    public byte[] gap(@Nullable String after, EventId position, @Nullable EventId next, @Nullable Long lost) {
        return bytes("event: gap\nid: " + position + "\ndata: "
                + gapData(after, next, lost).encode() + "\n\n");
    }

    /** What a gap says of itself. */
    static JsonObject gapData(@Nullable String after, @Nullable EventId next, @Nullable Long lost) {
        return new JsonObject()
                .put("after", after)
                .put("next", next == null ? null : next.toString())
                .put("lost", lost);
    }

    /** One block, whose event has the position: clients that forget an id without data resume too. */
    @Override
    public byte[] close(@Nullable EventId position, long retryMillis, CloseReason reason) {
        String id = position == null ? "" : "id: " + position + "\n";
        return bytes(id + "retry: " + retryMillis + "\n" + event(reason) + "\n");
    }

    String event(CloseReason reason) {
        return "event: close\ndata: " + data(reason) + "\n";
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
