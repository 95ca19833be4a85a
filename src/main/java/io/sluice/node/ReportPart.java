package io.sluice.node;

import io.sluice.admin.NodeReport;
import io.sluice.admin.ReportFeed;
import io.sluice.sse.Replay;
import io.sluice.sse.SseHandler;
import io.sluice.sse.SseOptions;
import io.sluice.sse.SubscriptionLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The report of a node, {@code GET /api/node}, and those of all members of its cluster as they come, {@code GET /node}. */
final class ReportPart implements AdminPart {

    /** A few people and their pages. */
    private static final int MAX_SUBSCRIPTIONS = 1000;

    private final Supplier<NodeReport> reporter;
    private final ReportFeed feed;
    private final SseHandler sse;

    private ReportPart(Supplier<NodeReport> reporter, ReportFeed feed, SseHandler sse) {
        this.reporter = reporter;
        this.feed = feed;
        this.sse = sse;
    }

    /** @param member the name of this node in its cluster, or null */
    static Future<ReportPart> open(Vertx vertx, @Nullable String member, Supplier<NodeReport> reporter) {
        // Who comes sees at once what each member has said last.
        SseOptions options = SseOptions.DEFAULT.withReplay(Replay.parse("snapshot"));
        SubscriptionLimits limits = SubscriptionLimits.of(MAX_SUBSCRIPTIONS, 0);
        return ReportFeed.open(vertx, member, reporter)
                .map(feed -> new ReportPart(reporter, feed, SseHandler.create(feed.stream(), options, limits, member)));
    }

    @Override
    public void mount(AdminRoutes routes) {
        routes.get("/api/node", this::report);
        AdminRules rules = routes.rules();
        routes.stream("/" + ReportFeed.NAME, sse.authorize(rules.watchers()));
        if (rules.hasTickets()) {
            routes.post(TicketHandler.PATH, routing -> TicketHandler.answer(routing, rules.ticket(routing)));
        }
    }

    private void report(RoutingContext routing) {
        routing.vertx()
                .executeBlocking(() -> reporter.get().encode(), false)
                .onSuccess(json -> AdminRoutes.answer(routing, "application/json", json))
                .onFailure(routing::fail);
    }

    @Override
    public Future<Void> close() {
        return sse.close().eventually(feed::close);
    }
}
