package io.sluice.node;

import io.sluice.log.Batch;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.PublishDoor;
import io.sluice.stream.StreamListener;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of POSTs go: to a declared stream, or to the streams of a template, which each request names in its path.
 *
 * @param name of the stream or of the template; the topic of an event that has no other
 * @param check fails with {@link IllegalArgumentException} if an event is not taken
 * @param publisher publishes a batch to the stream of a request
 * @param listener is told of each batch, and of each request that fails
 */
record PublishTarget(
        String name,
        Consumer<NewEvent> check,
        BiFunction<RoutingContext, Batch, Future<Receipt>> publisher,
        StreamListener listener) {

    private static final int FAILURES = 400;

    static PublishTarget of(EventStream stream) {
        return new PublishTarget(
                stream.name(), stream::requireAllowed, (routing, batch) -> stream.publish(batch), stream.listener());
    }

    static PublishTarget of(StreamTemplate template) {
        return new PublishTarget(
                template.name(),
                template::requireAllowed,
                (routing, batch) -> template.publish(NamedPath.name(routing), batch),
                template.listener());
    }

    void requireAllowed(NewEvent event) {
        check.accept(event);
    }

    Future<Receipt> publish(RoutingContext routing, Batch batch) {
        long since = System.nanoTime();
        return publisher
                .apply(routing, batch)
                .onSuccess(receipt -> listener.published(PublishDoor.HTTP, System.nanoTime() - since));
    }

    /** Tells of a request that is refused, or fails, when it is answered. Those for signals are none that publish. */
    void watch(RoutingContext routing) {
        if (!isSignal(routing.request().query())) {
            routing.addEndHandler(done -> {
                HttpServerResponse response = routing.response();
                if (response.ended() && response.getStatusCode() >= FAILURES) {
                    listener.publishFailed(PublishDoor.HTTP, response.getStatusCode());
                }
            });
        }
        routing.next();
    }

    private static boolean isSignal(@Nullable String query) {
        return query != null && (query.startsWith("signal=") || query.contains("&signal="));
    }
}
