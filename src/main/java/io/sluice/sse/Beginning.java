package io.sluice.sse;

import io.sluice.auth.LastEventId;
import io.sluice.log.Durations;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Where in the stream a client wants to begin: behind the event that it has seen, or else at a time, or else with some of the kept
 * events.
 *
 * @param lastEventId the id of the last event that the client has seen, as it was sent, or null
 * @param since the time from which on it wants the events, or null. One that is still to come is now
 * @param replay which of the kept events it wants if it has neither
 */
record Beginning(@Nullable String lastEventId, @Nullable Instant since, Replay replay) {

    /** With some of the kept events. */
    static Beginning with(Replay replay) {
        return new Beginning(null, null, replay);
    }

    /**
     * Reads the query and the headers of a request.
     *
     * @throws HttpException 400, with what is expected
     */
    static Beginning of(RoutingContext routing, Replay usual) {
        Instant since = Parameter.read(routing, "since", text -> time(text, Instant.now()));
        Replay replay = Parameter.read(routing, "replay", Replay::parse, usual);
        if (since != null && replay.kind() != Replay.Kind.ALL) {
            Parameter.requireAbsent(routing, "replay", "beside since, which says what is replayed");
        }
        return new Beginning(LastEventId.of(routing), since, replay);
    }

    private static Instant time(String text, Instant now) {
        try {
            return Durations.isDuration(text)
                    ? now.minus(Durations.parse(text))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("how long ago, such as 10m, or a time such as 2026-11-26T12:00:00Z", e);
        }
    }
}
