package io.sluice.sse;

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
import org.jspecify.annotations.Nullable;

/**
 * What the query and the headers of a request say, apart from the stream.
 *
 * @param filter the topics
 * @param limited whether the client may not see more than these
 * @param beginning where the client begins
 * @param manner how it gets its events
 * @param address of the client
 * @param user whom the client is known for, or null
 * @param end when the client's rights end, or null
 */
record StreamRequest(
        TopicFilter filter,
        boolean limited,
        Beginning beginning,
        Manner manner,
        String address,
        @Nullable User user,
        @Nullable Instant end) {

    private static final Duration NEVER = Duration.ofDays(365_000);

    /**
     * Reads a request.
     *
     * @throws HttpException if it is wrong, with the status and what is expected
     */
    static StreamRequest of(RoutingContext routing, SseOptions options) {
        Manner manner = Manner.of(routing, options.frame());
        return new StreamRequest(
                filter(routing, options.maxTopics()),
                false,
                Beginning.of(routing, options.replay()),
                manner,
                address(routing.request()),
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
        return new StreamRequest(both, !readable.isAll(), beginning, manner, address, known, rights.end());
    }

    /** Whether the client has all of a stream that has ended. */
    boolean isAtEnd(Journal journal) {
        return StartPosition.isAtEnd(journal, filter, Positions.of(limited), beginning.lastEventId());
    }

    /** What the client may know of where a stream begins and ends. */
    StreamExtent extent(Journal journal) {
        return StreamExtent.of(journal, filter, limited);
    }

    /**
     * The wish for a subscription that begins now and ends after a lifetime, 0 for never, or with the client's rights. A poll has no
     * lifetime: it waits as long as it says. The time of day is asked for once: a clock that is set later moves no end.
     *
     * @param revocation the last one before the client's rights were asked for
     */
    SubscriptionRequest lasting(Duration lifetime, Revocation revocation) {
        boolean endless = lifetime.isZero() || manner instanceof Manner.Polling;
        long over = endless ? Long.MAX_VALUE : in(lifetime);
        long expired = end == null ? Long.MAX_VALUE : in(Duration.between(Instant.now(), end));
        return new SubscriptionRequest(
                filter,
                limited,
                beginning,
                manner,
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

    private static TopicFilter filter(RoutingContext routing, int maxTopics) {
        try {
            return RequestedTopics.of(routing, maxTopics);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }

    private static String address(HttpServerRequest request) {
        SocketAddress address = request.remoteAddress();
        String host = address == null ? null : address.hostAddress();
        return host == null ? "" : host;
    }
}
