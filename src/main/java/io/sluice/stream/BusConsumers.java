package io.sluice.stream;

import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.KeyReusedException;
import io.sluice.log.NewEvent;
import io.sluice.log.TopicRules;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a stream takes from the bus: one consumer per configured address, and one at {@code sluice.<stream>}.
 *
 * <p>A message that was sent with {@code request} is answered with the event's id once the log has it, or with failure code
 * 400 (the message cannot be an event), 422 (its idempotency key was used for another) or 503 (try again; where it was the
 * log that failed, nobody can say whether it has the event). A published one has nobody to tell: it is logged when the first
 * is dropped, and how many were when the address works again.
 */
final class BusConsumers {

    static final int BAD_MESSAGE = 400;
    static final int KEY_REUSED = 422;
    static final int TRY_AGAIN = 503;

    private static final Logger LOG = LoggerFactory.getLogger(BusConsumers.class);

    private final ContextInternal context;
    private final String stream;
    private final AppendQueue ingest;
    private final List<MessageConsumer<?>> consumers = new ArrayList<>();

    BusConsumers(ContextInternal context, String stream, AppendQueue ingest) {
        this.context = context;
        this.stream = stream;
        this.ingest = ingest;
    }

    /** Registers the consumers. On the context; completes when every node of a cluster knows them. */
    Future<Void> open(List<String> addresses) {
        List<Future<Void>> registered = new ArrayList<>();
        registered.add(consume("sluice." + stream, stream));
        addresses.forEach(address -> registered.add(consume(address, address)));
        return Future.all(registered).mapEmpty();
    }

    Future<Void> close() {
        List<Future<Void>> unregistered =
                consumers.stream().map(MessageConsumer::unregister).toList();
        consumers.clear();
        return Future.join(unregistered).mapEmpty();
    }

    private Future<Void> consume(String address, String topic) {
        EventBus bus = context.owner().eventBus();
        Drops drops = new Drops(stream, address);
        MessageConsumer<Object> consumer = bus.consumer(address);
        consumer.handler(message -> take(message, topic, drops));
        consumers.add(consumer);
        return consumer.completion();
    }

    private void take(Message<Object> message, String defaultTopic, Drops drops) {
        Batch submission;
        try {
            submission = submission(message, defaultTopic);
        } catch (IllegalArgumentException e) {
            refuse(message, BAD_MESSAGE, e, drops);
            return;
        }
        ingest.publish(submission)
                .onComplete(
                        receipt -> {
                            drops.over();
                            if (wantsAnswer(message)) {
                                message.reply(receipt.last().toString());
                            }
                        },
                        failure -> refuse(message, code(failure), failure, drops));
    }

    private static void refuse(Message<Object> message, int code, Throwable why, Drops drops) {
        if (wantsAnswer(message)) {
            message.fail(code, why.getMessage());
        } else {
            drops.drop(why);
        }
    }

    private static boolean wantsAnswer(Message<Object> message) {
        return message.replyAddress() != null;
    }

    private static int code(Throwable failure) {
        if (failure instanceof KeyReusedException) {
            return KEY_REUSED;
        }
        return failure instanceof IllegalArgumentException ? BAD_MESSAGE : TRY_AGAIN;
    }

    private static Batch submission(Message<Object> message, String defaultTopic) {
        String topic = message.headers().get("topic");
        NewEvent publication = new NewEvent(
                topic == null ? defaultTopic : topic, message.headers().get("type"), text(message.body()));
        return new Batch(List.of(publication), message.headers().get("Idempotency-Key"));
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
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("body: expected UTF-8", e);
        }
    }

    /** Messages of one address that nobody could be told of. One line at the first, one when it is over. */
    private static final class Drops {

        private final String stream;
        private final String address;
        private long count; // since the last line

        Drops(String stream, String address) {
            this.stream = stream;
            this.address = address;
        }

        void drop(Throwable why) {
            if (count++ == 0) {
                LOG.warn(
                        "stream {}: dropping messages published to {}: {}",
                        stream,
                        address,
                        TopicRules.visible(String.valueOf(why.getMessage())));
            }
        }

        void over() {
            if (count > 0) {
                LOG.info("stream {}: taking messages from {} again, after dropping {}", stream, address, count);
                count = 0;
            }
        }
    }
}
