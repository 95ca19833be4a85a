package io.sluice.stream;

import io.sluice.log.Batch;
import io.sluice.log.Bytes;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.log.TopicRules;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream's consumers on the bus: one per configured address, and one at {@code sluice.<stream>}.
 *
 * <p>A message that was sent with {@code request} is answered with the event's id once the log has it, or with the failure code
 * of {@link PublishFailure}. A published message has no sender to tell: the first one that is dropped is logged, and their number
 * when the address works again.
 *
 * <p>On the stream's context only.
 */
final class BusConsumers {

    private static final Logger LOG = LoggerFactory.getLogger(BusConsumers.class);

    private final ContextInternal context;
    private final String stream;
    private final List<String> addresses;
    private final Function<Batch, Future<Receipt>> publish;
    private final StreamListener listener;
    private final List<MessageConsumer<?>> consumers = new ArrayList<>();

    BusConsumers(
            ContextInternal context,
            String stream,
            List<String> addresses,
            Function<Batch, Future<Receipt>> publish,
            StreamListener listener) {
        this.context = context;
        this.stream = stream;
        this.addresses = addresses;
        this.publish = publish;
        this.listener = listener;
    }

    /** Completes when every node of a cluster knows the consumers. */
    Future<Void> register() {
        List<Future<Void>> registered = new ArrayList<>();
        registered.add(register("sluice." + stream, stream));
        addresses.forEach(address -> registered.add(register(address, address)));
        return Future.all(registered).mapEmpty();
    }

    Future<Void> unregister() {
        List<Future<Void>> unregistered =
                consumers.stream().map(MessageConsumer::unregister).toList();
        consumers.clear();
        return Future.join(unregistered).mapEmpty();
    }

    private Future<Void> register(String address, String topic) {
        EventBus bus = context.owner().eventBus();
        Drops drops = new Drops(address);
        MessageConsumer<Object> consumer = bus.consumer(address);
        consumer.handler(message -> receive(message, topic, drops));
        consumers.add(consumer);
        return consumer.completion();
    }

    private void receive(Message<Object> message, String defaultTopic, Drops drops) {
        Batch batch;
        try {
            batch = batch(message, defaultTopic);
        } catch (IllegalArgumentException e) {
            refuse(message, e, drops);
            return;
        }
        publish.apply(batch)
                .onComplete(
                        receipt -> {
                            drops.over();
                            if (isRequest(message)) {
                                message.reply(receipt.last().toString());
                            }
                        },
                        failure -> refuse(message, failure, drops));
    }

    private static void refuse(Message<Object> message, Throwable why, Drops drops) {
        if (isRequest(message)) {
            message.fail(PublishFailure.of(why).busCode(), why.getMessage());
        } else {
            drops.drop(why);
        }
    }

    private static boolean isRequest(Message<Object> message) {
        return message.replyAddress() != null;
    }

    private static Batch batch(Message<Object> message, String defaultTopic) {
        String topic = message.headers().get("topic");
        NewEvent event = new NewEvent(
                topic == null ? defaultTopic : topic, message.headers().get("type"), text(message));
        return new Batch(List.of(event), message.headers().get("Idempotency-Key"));
    }

    private static String text(Message<Object> message) {
        Object body;
        try {
            body = message.body();
        } catch (DecodeException e) {
            // It came from another node, and Jackson refuses it.
            throw new IllegalArgumentException("body: " + e.getMessage(), e);
        }
        // Vert.x encodes by recursion: each level costs a part of the stack.
        if (!JsonBounds.fits(body)) {
            throw new IllegalArgumentException("body: it " + JsonBounds.tooDeep());
        }
        return text(body);
    }

    private static String text(@Nullable Object body) {
        if (body instanceof String text) {
            return text;
        } else if (body instanceof JsonObject object) {
            return object.encode();
        } else if (body instanceof JsonArray array) {
            return array.encode();
        } else if (body instanceof Number || body instanceof Boolean) {
            return body.toString();
        } else if (body instanceof Buffer buffer) {
            return utf8(buffer.getBytes());
        }
        String found = body == null ? "null" : body.getClass().getName();
        throw new IllegalArgumentException(
                "body of type " + found + ": expected JsonObject, JsonArray, String, Buffer, number or boolean");
    }

    private static String utf8(byte[] bytes) {
        try {
            return Bytes.decode(bytes);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("body: expected UTF-8", e);
        }
    }

    /** The messages of one address that were dropped: one log line at the first, one with their number when it is over. */
    private final class Drops {

        private final String address;
        private long sinceLine;

        Drops(String address) {
            this.address = address;
        }

        void drop(Throwable why) {
            listener.dropped();
            if (sinceLine++ == 0) {
                LOG.warn(
                        "stream {}: dropping messages published to {}: {}",
                        stream,
                        address,
                        TopicRules.visible(String.valueOf(why.getMessage())));
            }
        }

        void over() {
            if (sinceLine > 0) {
                LOG.info("stream {}: taking messages from {} again, after dropping {}", stream, address, sinceLine);
                sinceLine = 0;
            }
        }
    }
}
