package io.sluice.sse;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.sluice.auth.Challenge;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.jspecify.annotations.Nullable;

/** The answer to a request that failed: {@code application/problem+json}, RFC 9457. */
public final class ProblemResponse {

    private ProblemResponse() {}

    /**
     * Ends a response, unless it has ended. What still comes of the request is thrown away for a while, then the connection ends.
     *
     * @param detail what is wrong and what is expected
     */
    public static void end(RoutingContext routing, int status, String detail) {
        end(routing, status, detail, new JsonObject());
    }

    /**
     * Ends a response, as {@link #end(RoutingContext, int, String)} does.
     *
     * @param members of the answer beyond those of every problem
     */
    public static void end(RoutingContext routing, int status, String detail, JsonObject members) {
        @Nullable String challenge = Challenge.of(routing, status);
        if (challenge != null && ClientSocket.isOpen(routing.response())) {
            routing.response().putHeader("WWW-Authenticate", challenge);
        }
        end(routing.request(), status, detail, members);
    }

    /** Ends a response, as {@link #end(RoutingContext, int, String)} does, with what an exception says. */
    static void end(RoutingContext routing, HttpException e) {
        int status = e.getStatusCode();
        String detail = e.getPayload();
        end(routing, status, detail == null ? HttpResponseStatus.valueOf(status).reasonPhrase() : detail);
    }

    /** Ends the response to a request that no router has seen, unless it has ended. */
    public static void end(HttpServerRequest request, int status, String detail) {
        end(request, status, detail, new JsonObject());
    }

    private static void end(HttpServerRequest request, int status, String detail, JsonObject members) {
        HttpServerResponse response = request.response();
        if (!ClientSocket.isOpen(response)) {
            return;
        }
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/problem+json")
                .putHeader("X-Content-Type-Options", "nosniff")
                // Some statuses, 404 among them, would be kept by a cache.
                .putHeader("Cache-Control", "no-store");
        UnreadBody unread = UnreadBody.announce(request, status);
        unread.discard(
                request.method().equals(HttpMethod.HEAD)
                        ? response.end()
                        : response.end(body(status, detail).mergeIn(members).toBuffer()));
    }

    private static JsonObject body(int status, String detail) {
        return new JsonObject()
                .put("type", "about:blank")
                .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
                .put("status", status)
                .put("detail", detail);
    }
}
