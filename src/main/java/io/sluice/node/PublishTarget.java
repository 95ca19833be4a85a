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
import io.vertx.ext.web.handler.HttpException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of POSTs go: to a declared stream, or to the streams of a template, which each request names in its path.
 *
 * @param name of the stream or of the template; the topic of an event that has no other
 * @param check fails with {@link IllegalArgumentException} if an event is not taken
 * @param rate how many events it takes
 * @param publisher publishes a batch to the stream of a request
 * @param listener is told of each batch, and of each request that fails
 */
record PublishTarget(
        String name,
        Consumer<NewEvent> check,
        PublishRate rate,
        BiFunction<RoutingContext, Batch, Future<Receipt>> publisher,
        StreamListener listener) {

    private static final int FAILURES = 400;

    static PublishTarget of(EventStream stream, PublishRate rate) {
        return new PublishTarget(
                stream.name(),
                stream::requireAllowed,
                rate,
                (routing, batch) -> stream.publish(batch),
                stream.listener());
    }

    static PublishTarget of(StreamTemplate template, PublishRate rate) {
        return new PublishTarget(
                template.name(),
                template::requireAllowed,
                rate,
                (routing, batch) -> template.publish(NamedPath.name(routing), batch),
                template.listener());
    }

    void requireAllowed(NewEvent event) {
        check.accept(event);
    }

    /** @throws HttpException 429 or 413 if there are too many of them */
    Future<Receipt> publish(RoutingContext routing, Batch batch) {
        rate.take(batch.events().size());
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
