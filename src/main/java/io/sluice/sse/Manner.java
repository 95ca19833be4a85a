package io.sluice.sse;

import io.sluice.log.Durations;
import io.sluice.log.EventFormat;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a client gets what it asks for. */
sealed interface Manner {

    /** How its events are encoded. */
    EventFormat format();

    /** Whether its events are conflated. */
    default boolean isRated() {
        return false;
    }

    /**
     * As Server-Sent Events, until the subscription ends.
     *
     * @param framing of its events
     * @param interval the time between two writes, in nanoseconds, at least: between them it gets the newest event of each topic only. 0
     *     for each event as it comes
     * @param control whether it gets the events of the node itself too
     * @param asksForNode whether it wants to know the name of the node
     */
    record Streaming(Framing framing, long interval, boolean control, boolean asksForNode) implements Manner {

        /** As it is if the query says nothing. */
        static final Streaming PLAIN = new Streaming(Framing.PLAIN, 0, true, false);

        @Override
        public EventFormat format() {
            return SseFormat.of(framing);
        }

        @Override
        public boolean isRated() {
            return interval > 0;
        }
    }

    /**
     * As JSON, in one answer.
     *
     * @param patience how long it waits for the first event
     * @param limit the events of the answer, at most, 1 or more
     */
    record Polling(Duration patience, int limit) implements Manner {

        /** The most and the usual number of events. */
        static final int MAX_LIMIT = 10_000;

        static final int USUAL_LIMIT = 1000;

        private static final Duration MAX_WAIT = Duration.ofMinutes(1);

        @Override
        public EventFormat format() {
            return JsonFormat.INSTANCE;
        }

        /** The way of the answer to a poll that begins now. */
        PollPath path(HttpServerRequest request, WritePath client, String stream, @Nullable String lastEventId) {
            PollAnswer answer = new PollAnswer(stream, lastEventId, limit);
            return new PollPath(request, client, answer, SubscriptionTimers.now() + patience.toMillis());
        }
    }

    /**
     * Reads the query and the headers of a request.
     *
     * @throws HttpException 400 or 406, with what is expected
     */
    static Manner of(RoutingContext routing, Framing usual) {
        return Representation.of(routing) == Representation.JSON ? polling(routing) : streaming(routing, usual);
    }

    private static Manner streaming(RoutingContext routing, Framing usual) {
        String why = "with an event stream: it is for format=json";
        Parameter.requireAbsent(routing, "wait", why);
        Parameter.requireAbsent(routing, "limit", why);
        return new Streaming(
                Parameter.read(routing, "frame", Framing::parse, usual),
                Parameter.read(routing, "rate", Manner::interval, 0L),
                Parameter.read(routing, "control", Manner::control, true),
                !routing.queryParam("node").isEmpty());
    }

    private static Manner polling(RoutingContext routing) {
        for (String name : new String[] {"frame", "rate", "control", "node"}) {
            Parameter.requireAbsent(routing, name, "with format=json: it is for an event stream");
        }
        if (routing.request().method().equals(HttpMethod.HEAD)) {
            Parameter.requireAbsent(routing, "wait", "with HEAD, which does not wait");
        }
        return new Polling(
                Parameter.read(routing, "wait", Manner::wait, Duration.ZERO),
                Parameter.read(routing, "limit", Manner::limit, Polling.USUAL_LIMIT));
    }

    private static long interval(String rate) {
        double perSecond = rate.matches("\\d{1,4}(\\.\\d{1,3})?") ? Double.parseDouble(rate) : 0;
        if (perSecond < 0.1 || perSecond > 1000) {
            throw new IllegalArgumentException("a number of writes a second, 0.1 to 1000");
        }
        return Math.round(1_000_000_000 / perSecond);
    }

    private static boolean control(String text) {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("on or off");
        };
    }

    private static Duration wait(String text) {
        String expected = "a time up to 60s, such as 20s";
        Duration wait;
        try {
            wait = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(expected, e);
        }
        if (wait.compareTo(Polling.MAX_WAIT) > 0) {
            throw new IllegalArgumentException(expected);
        }
        return wait;
    }

    private static int limit(String text) {
        int limit = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > Polling.MAX_LIMIT) {
            throw new IllegalArgumentException("a number of events, 1 to " + Polling.MAX_LIMIT);
        }
        return limit;
    }
}
