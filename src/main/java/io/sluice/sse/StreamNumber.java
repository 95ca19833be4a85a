package io.sluice.sse;

import io.vertx.core.http.HttpServerResponse;
import java.lang.reflect.Method;

/** The number of a stream of HTTP/2. Vert.x 5.0 has an int, and 5.1 a long: a call that is compiled against the one is no call of the other. */
public final class StreamNumber {

    private static final Method STREAM_ID = streamId();

    private StreamNumber() {}

    private static Method streamId() {
        try {
            return HttpServerResponse.class.getMethod("streamId");
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The number of the stream that a response is on; -1 over HTTP/1.x. */
    public static int of(HttpServerResponse response) {
        try {
            return ((Number) STREAM_ID.invoke(response)).intValue();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
