package io.sluice.hazelcast;

import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the leader, over the bus, that a replica has lost the history that it had read: the leader has to begin an epoch.
 *
 * <p>On the stream's context only.
 */
final class LossNotices {

    private static final long REPEAT_MILLIS = 1000;

    private final ContextInternal context;
    private final String address;
    private final RecordFilter filter;
    private @Nullable MessageConsumer<Long> consumer;
    private long timer = -1;
    private boolean closed;

    LossNotices(ContextInternal context, String stream, RecordFilter filter) {
        this.context = context;
        this.address = "sluice." + stream + ".lost";
        this.filter = filter;
    }

    /** @param handler gets the last event that a replica had */
    void open(LongConsumer handler) {
        MessageConsumer<Long> opened = context.owner().eventBus().consumer(address);
        opened.handler(message -> handler.accept(message.body()));
        consumer = opened;
    }

    /** Tells of this node's loss, until the replica has read a new epoch. */
    void send() {
        if (!closed && filter.isLost()) {
            context.owner().eventBus().publish(address, filter.last());
            timer = context.setTimer(REPEAT_MILLIS, id -> send());
        }
    }

    /** Sends nothing more. */
    void stop() {
        closed = true;
        context.owner().cancelTimer(timer);
    }

    Future<Void> close() {
        stop();
        return consumer == null ? context.succeededFuture() : consumer.unregister();
    }
}
