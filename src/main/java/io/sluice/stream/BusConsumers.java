package io.sluice.stream;

import io.sluice.log.Batch;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A declared stream's consumers on the bus: one per configured address, and one at {@code sluice.<stream>}.
 *
 * <p>On the stream's context only.
 */
final class BusConsumers {

    private final List<BusAddress> addresses = new ArrayList<>();
    private final Function<Batch, Future<Receipt>> publish;
    private final StreamListener listener;

    BusConsumers(
            Vertx vertx,
            String stream,
            List<String> addresses,
            Function<Batch, Future<Receipt>> publish,
            StreamListener listener) {
        this.publish = publish;
        this.listener = listener;
        String owner = "stream " + stream;
        // Whoever sends to the stream itself is told that it does not end. The others' headers are their own.
        this.addresses.add(
                new BusAddress(vertx, owner, "sluice." + stream, taker(message -> message.eventOrEnd(stream))));
        addresses.forEach(address ->
                this.addresses.add(new BusAddress(vertx, owner, address, taker(message -> message.event(address)))));
    }

    private BusAddress.Taker taker(Function<BusMessage, Batch> reader) {
        return new BusAddress.Taker() {

            @Override
            public Future<Receipt> publish(BusMessage message) {
                return publish.apply(reader.apply(message));
            }

            @Override
            public StreamListener listener(BusMessage message) {
                return listener;
            }
        };
    }

    /** Completes when every node of a cluster knows the consumers. */
    Future<Void> register() {
        return Future.all(addresses.stream().map(BusAddress::register).toList()).mapEmpty();
    }

    Future<Void> unregister() {
        return Future.join(addresses.stream().map(BusAddress::unregister).toList())
                .mapEmpty();
    }
}
