package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamListener;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** The one stream of a handler, which is always there. */
final class DeclaredStream implements StreamSource, ServedStream {

    private final EventStream stream;
    private final Future<ServedStream> found = Future.succeededFuture(this);

    /** @param usual what most clients get */
    DeclaredStream(EventStream stream, Framing usual) {
        this.stream = stream;
        stream.use(SseFormat.of(usual));
    }

    @Override
    public Duration lag() {
        return stream.lag();
    }

    @Override
    public StreamListener listener() {
        return stream.listener();
    }

    @Override
    public String name(RoutingContext routing) {
        return stream.name();
    }

    @Override
    public Future<ServedStream> find(RoutingContext routing) {
        return found;
    }

    @Override
    public Journal journal() {
        return stream.journal();
    }

    @Override
    public void subscribed(int more) {
        stream.subscribed(more);
    }

    @Override
    public void release() {
        // Nobody follows it because of a subscription.
    }

    @Override
    public String toString() {
        return stream.name();
    }
}
