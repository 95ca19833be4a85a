package io.sluice.stream;

import io.sluice.log.Receipt;
import io.sluice.log.TopicRules;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer at one address of the bus.
 *
 * <p>A message that was sent with {@code request} is answered with the event's id once the log has it, or with the failure code
 * of {@link PublishFailure}. A published message has no sender to tell: the first one that is dropped is logged, and their number
 * when the address works again.
 *
 * <p>On the context of its owner only.
 */
final class BusAddress {

    /** Takes the messages of an address. */
    interface Taker {

        /**
         * Publishes what a message says.
         *
         * @throws IllegalArgumentException that says what is wrong with the message and what is expected
         */
        Future<Receipt> publish(BusMessage message);

        /** Who is told of a message; null if it names no stream that is there. */
        @Nullable
        StreamListener listener(BusMessage message);
    }

    private static final Logger LOG = LoggerFactory.getLogger(BusAddress.class);

    private final Vertx vertx;
    private final String owner;
    private final String address;
    private final Taker taker;
    private final Drops drops;

    private @Nullable MessageConsumer<Object> consumer;

    /** @param owner takes the messages, for the log: {@code stream events} */
    BusAddress(Vertx vertx, String owner, String address, Taker taker) {
        this.vertx = vertx;
        this.owner = owner;
        this.address = address;
        this.taker = taker;
        this.drops = new Drops(owner, address, System::nanoTime);
    }

    /** Completes when every node of a cluster knows the consumer. */
    Future<Void> register() {
        MessageConsumer<Object> registered = consumer;
        if (registered == null) {
            registered = vertx.eventBus().consumer(address);
            registered.handler(this::receive);
            consumer = registered;
        }
        return registered.completion();
    }

    Future<Void> unregister() {
        MessageConsumer<Object> registered = consumer;
        consumer = null;
        return registered == null ? Future.succeededFuture() : registered.unregister();
    }

    private void receive(Message<Object> received) {
        long since = System.nanoTime();
        BusMessage message = new BusMessage(received);
        Future<Receipt> published;
        try {
            published = taker.publish(message);
        } catch (IllegalArgumentException e) {
            refuse(message, e);
            return;
        }
        published.onComplete(
                receipt -> {
                    drops.over();
                    tell(message, listener -> listener.published(PublishDoor.BUS, System.nanoTime() - since));
                    message.accept(receipt);
                },
                failure -> refuse(message, failure));
    }

    private void refuse(BusMessage message, Throwable why) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "{}: a message to {} is refused: {} {}",
                    owner,
                    address,
                    PublishFailure.of(why).busCode(),
                    TopicRules.visible(String.valueOf(why.getMessage())));
        }
        if (message.isRequest()) {
            int code = PublishFailure.of(why).busCode();
            tell(message, listener -> listener.publishFailed(PublishDoor.BUS, code));
            message.refuse(why);
        } else {
            tell(message, StreamListener::dropped);
            drops.drop(why);
        }
    }

    private void tell(BusMessage message, Consumer<StreamListener> what) {
        StreamListener listener = taker.listener(message);
        if (listener != null) {
            what.accept(listener);
        }
    }
}
