package io.sluice.node;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.sluice.sse.ProblemResponse;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answer to a request that fails: {@code application/problem+json}, RFC 9457. Only a 500 is the node's fault, and logged. */
final class ProblemDetails {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemDetails.class);

    private static final List<Integer> STATUSES =
            List.of(400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 415, 416, 421, 422, 429, 500, 501, 503);

    /** The status of a request that breaks off, or is no HTTP any more, before its end. */
    static final int BROKEN_OFF = 499;

    /** Of a 500. */
    static final String NODE_FAILED = "the node failed; its log says more";

    private ProblemDetails() {}

    /** Answers every failure of a router. */
    static void handle(Router router) {
        STATUSES.forEach(status -> router.errorHandler(status, ProblemDetails::answer));
        router.errorHandler(BROKEN_OFF, ProblemDetails::hangUp);
    }

    /**
     * The client is gone, or has taken its request back. Without a handler the router would log an error. A connection of HTTP/2
     * carries the requests of others, too, if it is a proxy's.
     */
    private static void hangUp(RoutingContext routing) {
        LOG.debug(
                "{} {} broke off", routing.request().method(), routing.request().path(), routing.failure());
        if (routing.request().version() != HttpVersion.HTTP_2) {
            routing.request().connection().close();
        }
    }

    private static void answer(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        if (response.ended() || response.closed()) {
            return;
        }
        int status = routing.statusCode();
        if (status == 500) {
            LOG.error(
                    "{} {} failed",
                    routing.request().method(),
                    routing.request().path(),
                    routing.failure());
        }
        if (status == 503 || status == 429) {
            response.putHeader("Retry-After", "1");
        }
        String detail = detail(routing, status);
        LOG.debug(
                "{} {} is refused: {} {}, for {}",
                routing.request().method(),
                routing.request().path(),
                status,
                detail,
                routing.request().remoteAddress().host());
        ProblemResponse.end(routing, status, detail, members(routing));
    }

    private static JsonObject members(RoutingContext routing) {
        return routing.failure() instanceof UploadException upload ? upload.members() : new JsonObject();
    }

    private static String detail(RoutingContext routing, int status) {
        if (routing.failure() instanceof UploadException upload) {
            return String.valueOf(upload.getMessage());
        }
        @Nullable String detail = routing.failure() instanceof HttpException failure ? failure.getPayload() : null;
        if (detail != null) {
            return detail;
        }
        return switch (status) {
            case 403 -> "pages of this origin may not";
            case 404 -> "no such stream or file";
            case 413 -> "the body is larger than this node takes";
            case 500 -> NODE_FAILED;
            default -> HttpResponseStatus.valueOf(status).reasonPhrase();
        };
    }
}
