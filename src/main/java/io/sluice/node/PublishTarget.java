package io.sluice.node;

import io.sluice.log.Batch;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Where the events of POSTs go: to a declared stream, or to the streams of a template, which each request names in its path.
 *
 * @param name of the stream or of the template; the topic of an event that has no other
 * @param check fails with {@link IllegalArgumentException} if an event is not taken
 * @param publisher publishes a batch to the stream of a request
 */
record PublishTarget(
        String name, Consumer<NewEvent> check, BiFunction<RoutingContext, Batch, Future<Receipt>> publisher) {

    static PublishTarget of(EventStream stream) {
        return new PublishTarget(stream.name(), stream::requireAllowed, (routing, batch) -> stream.publish(batch));
    }

    static PublishTarget of(StreamTemplate template) {
        return new PublishTarget(
                template.name(),
                template::requireAllowed,
                (routing, batch) -> template.publish(NamedPath.name(routing), batch));
    }

    void requireAllowed(NewEvent event) {
        check.accept(event);
    }

    Future<Receipt> publish(RoutingContext routing, Batch batch) {
        return publisher.apply(routing, batch);
    }
}
