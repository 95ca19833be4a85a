package io.sluice.sse;

import io.sluice.auth.LastEventId;
import io.sluice.auth.Rights;
import io.sluice.log.Journal;
import io.sluice.stream.CloseReason;
import io.sluice.stream.TopicFilter;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the query and the headers of a request say, apart from the stream.
 *
 * @param filter the topics
 * @param limited whether the client may not see more than these
 * @param replay what the client gets first if it has no id
 * @param lastEventId the id of the last event that the client has seen, as it was sent, or null
 * @param asksForNode whether the client wants to know the name of the node
 * @param address of the client
 * @param user whom the client is known for, or null
 * @param end when the client's rights end, or null
 */
record StreamRequest(
        TopicFilter filter,
        boolean limited,
        Replay replay,
        @Nullable String lastEventId,
        boolean asksForNode,
        String address,
        @Nullable User user,
        @Nullable Instant end) {

    private static final Duration NEVER = Duration.ofDays(365_000);

    /** The ranges of media types that this one is in, from the least specific on. */
    private static final List<String> EVENT_STREAM_RANGES = List.of("*/*", "text/*", "text/event-stream");

    /**
     * Reads a request.
     *
     * @throws HttpException if it is wrong, with the status and what is expected
     */
    static StreamRequest of(RoutingContext routing, SseOptions options) {
        HttpServerRequest request = routing.request();
        requireAccept(request);
        return new StreamRequest(
                filter(routing, options.maxTopics()),
                false,
                replay(routing, options.replay()),
                LastEventId.of(routing),
                !routing.queryParam("node").isEmpty(),
                address(request),
                null,
                null);
    }

    /**
     * What a client with these rights gets of what it asks for.
     *
     * @param stream the full name
     * @param known the user that the client turned out to be, or null
     * @throws HttpException 400 if it takes too long to find out; 403 if it is nothing; 401 if the rights have ended, as {@link ExpiredException} if that was just now
     */
    StreamRequest allowed(Rights rights, String stream, @Nullable User known) {
        Instant now = Instant.now();
        if (rights.hasEnded(now)) {
            throw rights.hasEnded(now.minus(Rights.GRACE))
                    ? new HttpException(401, "the rights have expired")
                    : new ExpiredException();
        }
        TopicFilter readable = rights.readable(stream);
        TopicFilter both = both(filter, readable);
        if (both.isNone()) {
            throw new HttpException(
                    403, "no right to read " + stream + (readable.isNone() ? "" : " about these topics"));
        }
        return new StreamRequest(
                both, !readable.isAll(), replay, lastEventId, asksForNode, address, known, rights.end());
    }

    /** Whether the client has all of a stream that has ended. */
    boolean isAtEnd(Journal journal) {
        return StartPosition.isAtEnd(journal, filter, Positions.of(limited), lastEventId);
    }

    /**
     * The wish for a subscription that begins now and ends after a lifetime, 0 for never, or with the client's rights. The time of day is
     * asked for once: a clock that is set later moves no end.
     *
     * @param revocation the last one before the client's rights were asked for
     */
    SubscriptionRequest lasting(Duration lifetime, Revocation revocation) {
        long over = lifetime.isZero() ? Long.MAX_VALUE : in(lifetime);
        long expired = end == null ? Long.MAX_VALUE : in(Duration.between(Instant.now(), end));
        return new SubscriptionRequest(
                filter,
                limited,
                lastEventId,
                replay,
                address,
                user,
                Math.min(over, expired),
                expired < over ? CloseReason.EXPIRED : CloseReason.LIFETIME,
                revocation);
    }

    /** By the clock of the timers. What is too far for milliseconds is never. */
    private static long in(Duration time) {
        boolean never = time.compareTo(NEVER) >= 0;
        return never ? Long.MAX_VALUE : SubscriptionTimers.now() + Math.max(time.toMillis(), 0);
    }

    private static TopicFilter both(TopicFilter asked, TopicFilter readable) {
        try {
            return asked.and(readable);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, "topic: " + e.getMessage());
        }
    }

    /** RFC 9110 12.5.1; what an EventSource says, and what curl does, without a closer look. */
    private static void requireAccept(HttpServerRequest request) {
        List<String> accepts = request.headers().getAll("Accept");
        boolean usual = accepts.isEmpty() || (accepts.size() == 1 && EVENT_STREAM_RANGES.contains(accepts.get(0)));
        if (!usual && !allows(String.join(",", accepts).toLowerCase(Locale.ROOT))) {
            throw new HttpException(406, "this is a text/event-stream: expected an Accept that allows it");
        }
    }

    /** The most specific range decides. An empty element says nothing (RFC 9110 5.6.1), and so does a field of such. */
    private static boolean allows(String accept) {
        int bestSpecificity = -1;
        boolean allowed = accept.replace(',', ' ').isBlank();
        for (String range : accept.split(",", -1)) {
            String type = range.replaceFirst(";.*", "").strip();
            int specificity = EVENT_STREAM_RANGES.indexOf(type);
            if (specificity > bestSpecificity) {
                bestSpecificity = specificity;
                allowed = !range.matches(".*;\\s*q=0(\\.0*)?\\s*(;.*)?");
            }
        }
        return allowed;
    }

    private static TopicFilter filter(RoutingContext routing, int maxTopics) {
        try {
            return RequestedTopics.of(routing, maxTopics);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    private static Replay replay(RoutingContext routing, Replay usual) {
        List<String> asked = routing.queryParam("replay");
        try {
            return asked.isEmpty() ? usual : Replay.parse(asked.get(asked.size() - 1));
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, "replay: expected " + e.getMessage());
        }
    }

    private static String address(HttpServerRequest request) {
        SocketAddress address = request.remoteAddress();
        String host = address == null ? null : address.hostAddress();
        return host == null ? "" : host;
    }
}
