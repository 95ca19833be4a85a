package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer on its way into its stream: an event of type {@code question}, one for each token, and {@code done} with the end of the
 * stream. Each is published when the log has the one before, so that they come in order and no faster than the log takes them.
 *
 * <p>On the relay's context only.
 */
final class Answer {

    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

    private static final String TEXT = """
            A sluice is a gate that lets water through in measure. This one lets events through, and each word \
            that you read is one of them. No model is behind it: a verticle says the same to everybody, fifty \
            words a second. All else is as it would be with a model.

            Your question went to the verticle as a signal, over the event bus. The answer is a stream of its \
            own, which was made by its first event and has an end. So nobody else's words come between these, \
            and no long answer of theirs pushes yours out.

            Reload the page now. It reads the stream from its beginning, shows each word once, and goes on. A \
            second tab does the same, and so does a phone. If the connection breaks, the browser comes back with \
            the id of its last event and gets what it missed. Press Stop in any of them, and the verticle stops, \
            wherever it runs.

            When the answer is whole the stream ends, and tells its readers so. It is kept for an hour. Whoever \
            opens it in that time reads it all at once. After that it goes, and leaves nothing behind.
            """;

    /** Each word with the space behind it, as a model gives them. */
    static final List<String> TOKENS = List.of(TEXT.strip().split("(?<=\\s)(?=\\S)"));

    private static final int ATTEMPTS = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final String stream;
    private final Duration period;
    private final String key = UUID.randomUUID().toString();
    private final Iterator<String> tokens = TOKENS.iterator();
    private final Promise<Void> end = Promise.promise();
    private int published;
    private String ending = "";

    Answer(Vertx vertx, String stream, Duration period) {
        this.vertx = vertx;
        this.stream = stream;
        this.period = period;
    }

    /** No more tokens: the end comes next. */
    Answer stop(String reason) {
        if (ending.isEmpty()) {
            ending = reason;
        }
        return this;
    }

    /** Publishes all of it. Completes at its end, or when the stream takes no more. */
    Future<Void> begin(String question) {
        publish(question, "question").onSuccess(v -> next(System.nanoTime())).onFailure(end::tryFail);
        return end.future()
                .onFailure(failure -> LOG.debug("the answer in {} ends early: {}", stream, failure.getMessage()));
    }

    /** Publishes the next token, and so on. What is late is not made up for. */
    private void next(long due) {
        if (!ending.isEmpty() || !tokens.hasNext()) {
            stop("complete");
            publish(JsonObject.of("reason", ending), "done").onComplete(end);
            return;
        }
        long next = Math.max(due + period.toNanos(), System.nanoTime());
        publish(tokens.next(), null).onSuccess(v -> at(next)).onFailure(end::tryFail);
    }

    private void at(long due) {
        long millis = TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime());
        vertx.setTimer(Math.max(1, millis), timer -> next(due));
    }

    /** Publishes an event; {@code done} ends the stream. */
    private Future<Void> publish(Object body, @Nullable String type) {
        DeliveryOptions options =
                new DeliveryOptions().addHeader("stream", stream).addHeader("Idempotency-Key", key + '-' + published++);
        if (type != null) {
            options.addHeader("type", type);
        }
        if ("done".equals(type)) {
            options.addHeader("end", "true");
        }
        return request(body, options, ATTEMPTS);
    }

    /** Tries again until the log has the event: with its key it is there once. */
    private Future<Void> request(Object body, DeliveryOptions options, int attempts) {
        return vertx.eventBus()
                .request("sluice", body, options)
                .<Void>mapEmpty()
                .recover(failure -> {
                    if (attempts == 1 || isFinal(failure)) {
                        return Future.failedFuture(failure);
                    }
                    return vertx.timer(PAUSE.toMillis()).compose(v -> request(body, options, attempts - 1));
                });
    }

    /** The stream has ended, was deleted, or takes no such event. */
    private static boolean isFinal(Throwable failure) {
        return failure instanceof ReplyException reply
                && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                && reply.failureCode() != 503;
    }
}
