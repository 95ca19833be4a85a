package io.sluice.auth;

import io.sluice.log.EventId;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** What a request says of the last event that its client has seen: whoever has seen one comes back. */
public final class LastEventId {

    private LastEventId() {}

    /**
     * The id as it was sent, or null. The header is what a client learned while it was connected, the query what its page knew at
     * first: the header wins.
     */
    public static @Nullable String of(RoutingContext routing) {
        for (String header : routing.request().headers().getAll("Last-Event-ID")) {
            if (!header.isEmpty()) {
                return header;
            }
        }
        return routing.queryParam("lastEventId").stream()
                .filter(asked -> !asked.isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** Whether a request has an id that can be one of an event. */
    static boolean isGood(RoutingContext routing) {
        @Nullable String sent = of(routing);
        return sent != null && EventId.parse(sent) != null;
    }
}
