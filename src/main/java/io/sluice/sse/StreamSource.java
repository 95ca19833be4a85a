package io.sluice.sse;

import io.sluice.stream.StreamListener;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;

/** Where an {@link SseHandler} gets the stream that a request is for. Its text is the name of what it serves. Any thread. */
interface StreamSource {

    /** How much later than another node this one may see an event. */
    Duration lag();

    /** Is told what happens to the streams. */
    StreamListener listener();

    /**
     * The full name of the stream that a request is for.
     *
     * @throws HttpException if the request names no stream
     */
    String name(RoutingContext routing);

    /**
     * The stream of a request, for the caller to {@linkplain ServedStream#release release}.
     *
     * @return fails with {@link io.sluice.log.NoSuchStreamException} if the stream has gone
     * @throws HttpException if the request names no stream
     */
    Future<ServedStream> find(RoutingContext routing);
}
