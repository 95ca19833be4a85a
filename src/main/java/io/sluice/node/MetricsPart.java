package io.sluice.node;

import io.sluice.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** The figures of a node for Prometheus, at {@value #PATH}: what whoever collects them asks for. */
final class MetricsPart implements AdminPart {

    static final String PATH = "/metrics";

    private final Metrics metrics;

    private MetricsPart(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Measures a node until {@link #close}. */
    static MetricsPart of(Vertx vertx, RunningNode node) {
        Metrics metrics = Metrics.take(vertx);
        node.figures().forEach(metrics::bind);
        metrics.bindNode(
                Version.current(),
                () -> node.membership().map(members -> members.names().size()).orElse(1));
        return new MetricsPart(metrics);
    }

    @Override
    public void mount(AdminRoutes routes) {
        routes.get(PATH, this::tell);
    }

    /** Not on the event loop: what is counted may be many streams, and files. */
    private void tell(RoutingContext routing) {
        @Nullable String accept = routing.request().getHeader("Accept");
        routing.vertx()
                .executeBlocking(() -> metrics.scrape(accept), false)
                .onSuccess(scrape -> {
                    routing.response().putHeader("Vary", "Accept");
                    AdminRoutes.answer(routing, scrape.contentType(), scrape.text());
                })
                .onFailure(routing::fail);
    }

    @Override
    public Future<Void> close() {
        metrics.close();
        return Future.succeededFuture();
    }
}
