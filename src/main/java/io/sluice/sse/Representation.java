package io.sluice.sse;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Locale;

/** What a client gets of a stream: what its query says, or else its {@code Accept} (RFC 9110 12.5.1). */
enum Representation {
    /** An event stream. */
    SSE("text/*", "text/event-stream"),
    /** The answer to a poll. */
    JSON("application/*", "application/json");

    private static final String QUERY = "format";
    private static final int NOT_ACCEPTABLE = 406;

    private final String range;
    private final String type;

    /** @param range the media types of its kind */
    Representation(String range, String type) {
        this.range = range;
        this.type = type;
    }

    /** The ranges of media types that this one is in, from the least specific on. */
    private List<String> ranges() {
        return List.of("*/*", range, type);
    }

    /**
     * Chooses. An event stream, if the client likes it as much.
     *
     * @throws HttpException 400 if the query asks for another one, 406 if the client takes none of them
     */
    static Representation of(RoutingContext routing) {
        Representation asked = Parameter.read(routing, QUERY, Representation::parse);
        return asked == null ? accepted(routing.request()) : asked;
    }

    /** Whether the same URL may be another representation to another client. */
    static boolean dependsOnAccept(RoutingContext routing) {
        return routing.queryParam(QUERY).isEmpty();
    }

    /** Whether a client that is to be refused, and may have asked for nothing that there is, takes an event stream. */
    static boolean isStream(RoutingContext routing) {
        try {
            return of(routing) == SSE;
        } catch (HttpException e) {
            return false;
        }
    }

    private static Representation parse(String format) {
        return switch (format) {
            case "sse" -> SSE;
            case "json" -> JSON;
            default -> throw new IllegalArgumentException("json or sse");
        };
    }

    /** What an EventSource says, and what curl does, without a closer look. */
    private static Representation accepted(HttpServerRequest request) {
        List<String> accepts = request.headers().getAll("Accept");
        boolean usual =
                accepts.isEmpty() || (accepts.size() == 1 && SSE.ranges().contains(accepts.get(0)));
        if (usual) {
            return SSE;
        }
        String accept = String.join(",", accepts).toLowerCase(Locale.ROOT);
        double stream = SSE.quality(accept);
        double json = JSON.quality(accept);
        if (stream <= 0 && json <= 0) {
            throw new HttpException(
                    NOT_ACCEPTABLE,
                    "this is a text/event-stream, or application/json: expected an Accept that allows one of them");
        }
        return json > stream ? JSON : SSE;
    }

    /** The most specific range decides. An empty element says nothing (RFC 9110 5.6.1), and a field of such allows all. */
    private double quality(String accept) {
        int bestSpecificity = -1;
        double quality = accept.replace(',', ' ').isBlank() ? 1 : 0;
        for (String accepted : accept.split(",", -1)) {
            int specificity = ranges().indexOf(accepted.replaceFirst(";.*", "").strip());
            if (specificity > bestSpecificity) {
                bestSpecificity = specificity;
                quality = weight(accepted);
            }
        }
        return quality;
    }

    /** The weight of a range, 1 if it says none that is one. */
    private static double weight(String accepted) {
        String q = accepted.replaceFirst("^[^;]*", "")
                .replaceFirst("(?s)^.*;\\s*q=([^;]*).*$", "$1")
                .strip();
        return q.matches("0(\\.\\d{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(q) : 1;
    }
}
