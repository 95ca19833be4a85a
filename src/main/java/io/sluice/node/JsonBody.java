package io.sluice.node;

import io.sluice.log.ByteSize;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Reads the body of a request that asks for something: one small JSON object. Event loop only. */
final class JsonBody {

    private static final ByteSize MAX = new ByteSize(8 << 10);
    private static final Set<BodyType> TYPES = Set.copyOf(EnumSet.of(BodyType.JSON));

    private final BodyReader.Bounds bounds;

    /**
     * @param patience how long the body may be silent
     * @param pending what bounds the memory of all bodies
     */
    JsonBody(Duration patience, PendingBodies pending) {
        this.bounds = new BodyReader.Bounds(MAX, patience, pending);
    }

    /**
     * Reads it; {@link BodyReader#fail} answers a failure.
     *
     * @throws HttpException if it cannot be read: 415 where it is no JSON, 413 where it is too large
     */
    Future<Buffer> read(RoutingContext routing) {
        HttpServerRequest http = routing.request();
        BodyType type = BodyType.of(http, TYPES).orElseThrow(() -> BodyType.refusal(http, TYPES));
        long length = BodyReader.announced(http);
        if (length > MAX.bytes()) {
            throw new HttpException(413, "a body of " + length + " bytes: expected at most " + MAX);
        }
        // It is read as an event would be.
        PublishRequest body = PublishRequest.of(type, "body");
        BodyReader reader = new BodyReader(routing, new SingleEvent(body, MAX), bounds);
        return reader.read()
                .map(read -> Buffer.buffer(read.get(0).data().toByteArray()))
                .onComplete(done -> reader.close());
    }

    /**
     * The object in a body.
     *
     * @param example of one, for the message
     * @throws HttpException 400 if there is none
     */
    static JsonObject object(Buffer body, String example) {
        try {
            return body.toJsonObject();
        } catch (DecodeException | ClassCastException e) {
            throw new HttpException(400, "the body is no object: expected " + example);
        }
    }
}
