package io.sluice.node;

import io.sluice.log.ByteSize;
import io.sluice.log.NewEvent;
import io.sluice.log.TopicRules;
import io.sluice.sse.Parameter;
import io.sluice.stream.NoConsumerException;
import io.sluice.stream.Signals;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hands a POST with {@code ?signal=stop} over to those who consume the {@link Signals} of the template on the bus: 202, or 404 if
 * nobody does. The body goes along: a JsonObject, a JsonArray or another JSON value, a text, or null if it is empty. A POST without
 * a signal goes on to the next handler.
 *
 * <p>Event loop only.
 */
final class SignalHandler implements Handler<RoutingContext> {

    private static final ByteSize MAX = new ByteSize(64 << 10);
    private static final Set<BodyType> TYPES = Set.copyOf(EnumSet.of(BodyType.JSON, BodyType.TEXT));
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._~-]{1,64}");

    private final StreamTemplate template;
    private final Signals signals;
    private final BodyReader.Bounds bounds;

    /** @param bounds of the bodies */
    SignalHandler(StreamTemplate template, Signals signals, BodyReader.Bounds bounds) {
        this.template = template;
        this.signals = signals;
        this.bounds = bounds;
    }

    @Override
    public void handle(RoutingContext routing) {
        String signal = Parameter.single(routing, "signal");
        if (signal == null) {
            routing.next();
            return;
        }
        AccessRules.requireWhole(routing);
        requireSignal(routing, signal);
        BodyType type = BodyType.of(routing.request(), TYPES).orElse(null);
        requireLength(routing.request(), type);
        BodyReader reader = new BodyReader(routing, body(routing.request(), type), bounds);
        reader.read()
                .compose(body -> send(template.fullName(NamedPath.name(routing)), signal, value(body, type)))
                .onComplete(done -> reader.close())
                .onComplete(
                        sent -> routing.response().setStatusCode(202).end(),
                        failure -> BodyReader.fail(routing, failure));
    }

    private static void requireSignal(RoutingContext routing, String signal) {
        if (!NAME.matcher(signal).matches()) {
            throw new HttpException(
                    400,
                    "signal \"" + TopicRules.visible(signal)
                            + "\": expected 1 to 64 letters, digits and characters of \"._~-\"");
        }
        requireAbsent(routing, "end", false);
        requireAbsent(routing, "forget", false);
        requireAbsent(routing, "atomic", true);
    }

    /** A signal is no event. */
    private static void requireAbsent(RoutingContext routing, String name, boolean otherwise) {
        if (Parameter.flag(routing, name, otherwise) != otherwise) {
            throw new HttpException(400, "signal and " + name + ": expected one of them");
        }
    }

    private static void requireLength(HttpServerRequest http, @Nullable BodyType type) {
        long length = BodyReader.announced(http);
        if (length > 0 && type == null) {
            throw BodyType.refusal(http, TYPES);
        }
        if (length > MAX.bytes()) {
            throw new HttpException(413, "a signal of " + length + " bytes: expected at most " + MAX);
        }
    }

    private BodyEvents body(HttpServerRequest http, @Nullable BodyType type) {
        if (type == null) {
            return new NoBody(() -> BodyType.refusal(http, TYPES));
        }
        // It is read as an event would be.
        PublishRequest request = PublishRequest.of(type, template.name());
        return new OptionalEvents(new SingleEvent(request, MAX));
    }

    private Future<Void> send(String stream, String signal, @Nullable Object body) {
        return signals.send(stream, signal, body)
                .recover(failure -> Future.failedFuture(
                        failure instanceof NoConsumerException
                                ? new HttpException(404, failure.getMessage())
                                : new HttpException(503, "the bus did not take the signal: try again")));
    }

    /** The body as the bus carries it. It has no bytes but those of one JSON value, or of text in UTF-8. */
    private static @Nullable Object value(List<NewEvent> body, @Nullable BodyType type) {
        if (body.isEmpty()) {
            return null;
        }
        byte[] bytes = body.get(0).data().toByteArray();
        Object value = type == BodyType.JSON
                ? Json.decodeValue(Buffer.buffer(bytes))
                : new String(bytes, StandardCharsets.UTF_8);
        if (value instanceof BigInteger) {
            throw new HttpException(400, "the body is a whole number of more than 64 bits: expected one of fewer");
        }
        return value;
    }
}
