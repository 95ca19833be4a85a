package io.sluice.node;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rights of pages of other origins. The node's own pages may send their origin too, and always pass. */
final class CorsRules implements Handler<RoutingContext> {

    private final CorsHandler cors;

    CorsRules(HttpConfig.Cors config) {
        cors = CorsHandler.create()
                .allowedMethods(Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST))
                .allowedHeaders(
                        Set.of("Content-Type", "Last-Event-ID", "Cache-Control", "Sluice-Type", IdempotencyKey.HEADER))
                .allowCredentials(config.credentials());
        if (!config.origins().contains(HttpConfig.Cors.ANY)) {
            cors.addOrigins(config.origins());
        }
    }

    @Override
    public void handle(RoutingContext routing) {
        String origin = routing.request().getHeader("Origin");
        if (origin != null && isOwn(origin, routing.request().authority())) {
            routing.next();
        } else {
            cors.handle(routing);
        }
    }

    /** Compares host and port: behind a proxy that ends TLS the node does not know the scheme. */
    private static boolean isOwn(String origin, @Nullable HostAndPort authority) {
        return authority != null
                && origin.endsWith("//" + authority.host() + (authority.port() > 0 ? ":" + authority.port() : ""));
    }
}
