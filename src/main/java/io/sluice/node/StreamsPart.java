package io.sluice.node;

import io.sluice.sse.SseHandler;
import io.sluice.sse.SseOptions;
import io.sluice.sse.SubscriptionLimits;
import io.sluice.stream.EventStream;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * The declared streams at the admin listener, {@code GET /api/streams/events}: its page is of another origin than the streams. Who may
 * read one there may read it here, and nobody else.
 */
final class StreamsPart implements AdminPart {

    static final String PATH = "/api/streams/";

    /** A few people and their pages. */
    private static final int MAX_SUBSCRIPTIONS = 100;

    private final RunningNode node;
    private final SubscriptionLimits limits = SubscriptionLimits.of(MAX_SUBSCRIPTIONS, 0);
    private final List<SseHandler> handlers = new ArrayList<>();

    StreamsPart(RunningNode node) {
        this.node = node;
    }

    @Override
    public void mount(AdminRoutes routes) {
        node.streams().declared().forEach(stream -> mount(routes, stream));
    }

    private void mount(AdminRoutes routes, EventStream stream) {
        SseHandler sse = SseHandler.create(stream, SseOptions.DEFAULT, limits, null);
        Read readers = node.config().stream(stream).read();
        handlers.add(sse);
        routes.stream(PATH + stream.name(), sse.authorize(node.rules().readers(readers)));
    }

    @Override
    public Future<Void> close() {
        return Future.join(handlers.stream().map(SseHandler::close).toList()).mapEmpty();
    }
}
