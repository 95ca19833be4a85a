package io.sluice.stream;

import io.sluice.log.TopicRules;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/**
 * What subscribers say to the producers of a stream: "stop". A signal is no event. It is published on the bus, at {@code
 * sluice.signals.<template>}, to all that consume there in the whole cluster.
 *
 * <pre>{@code
 * vertx.eventBus().consumer("sluice.signals.chat", signal -> {
 *     if (signal.headers().get("signal").equals("stop")) {
 *         stopAnswering(signal.headers().get("stream"));
 *     }
 * });
 * }</pre>
 */
public final class Signals {

    private final EventBus bus;

    private Signals(EventBus bus) {
        this.bus = bus;
    }

    /** The signals of a Vert.x instance, and of the cluster that it is in. */
    public static Signals of(Vertx vertx) {
        return new Signals(vertx.eventBus());
    }

    /** Where the signals to a stream arrive: {@code sluice.signals.chat} for {@code chat/42}. */
    public static String address(String stream) {
        int slash = stream.indexOf('/');
        return "sluice.signals." + (slash < 0 ? stream : stream.substring(0, slash));
    }

    /**
     * Publishes a signal. Any thread.
     *
     * @param stream the full name, which consumers get as the header {@code stream}: {@code chat/42}
     * @param signal what is said, which they get as the header {@code signal}: 1 to 255 characters, no control character
     * @param body anything that the bus can carry, or null
     * @return completes when the signal was handed over, as far as the bus tells: to the consumers at this node, or to the connection
     *     to another one. Fails with {@link NoConsumerException} if there is none, and with {@link IllegalArgumentException} if the
     *     signal or the body cannot be
     */
    public Future<Void> send(String stream, String signal, @Nullable Object body) {
        String address = address(stream);
        DeliveryOptions headers =
                new DeliveryOptions().addHeader("stream", stream).addHeader("signal", signal);
        try {
            TopicRules.requireLine("signal", signal);
            return bus.publisher(address, headers)
                    .write(body)
                    .recover(failure ->
                            Future.failedFuture(isUnheard(failure) ? new NoConsumerException(address) : failure));
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
    }

    private static boolean isUnheard(Throwable failure) {
        return failure instanceof ReplyException refused && refused.failureType() == ReplyFailure.NO_HANDLERS;
    }
}
