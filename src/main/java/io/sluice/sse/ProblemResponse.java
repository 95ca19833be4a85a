package io.sluice.sse;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** The answer to a request that failed: {@code application/problem+json}, RFC 9457. */
public final class ProblemResponse {

    private ProblemResponse() {}

    /**
     * Ends a response, unless it has ended.
     *
     * @param detail what is wrong and what is expected
     */
    public static void end(RoutingContext routing, int status, String detail) {
        HttpServerResponse response = routing.response();
        if (!ClientSocket.isOpen(response)) {
            return;
        }
        response.setStatusCode(status).putHeader("Content-Type", "application/problem+json");
        if (routing.request().method().equals(HttpMethod.HEAD)) {
            response.end();
            return;
        }
        JsonObject body = new JsonObject()
                .put("type", "about:blank")
                .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
                .put("status", status)
                .put("detail", detail);
        response.end(body.toBuffer());
    }
}
