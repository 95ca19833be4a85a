package io.sluice.testing.client;

import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.SseEvent;
import org.jspecify.annotations.Nullable;

/** Vert.x's WebClient reads one response; to come back with the last id is left to its users. */
public final class VertxWebClient implements AutoCloseable {

    private final String url;
    private final EventRecorder ear;
    private final Vertx vertx = Vertx.vertx();
    private final WebClient client = WebClient.create(vertx);

    private volatile boolean closed;

    // event loop only
    private @Nullable String lastId;
    private long retryMillis = 1000;

    private VertxWebClient(String url, EventRecorder ear) {
        this.url = url;
        this.ear = ear;
    }

    public static VertxWebClient start(String url, EventRecorder ear) {
        VertxWebClient client = new VertxWebClient(url, ear);
        client.vertx.getOrCreateContext().runOnContext(start -> client.connect());
        return client;
    }

    private void connect() {
        if (closed) {
            return;
        }
        HttpRequest<Buffer> request = client.requestAbs(HttpMethod.GET, url);
        if (lastId != null) {
            request.putHeader("Last-Event-ID", lastId);
        }
        request.as(BodyCodec.sseStream(this::follow)).send().onComplete(this::comeBack);
    }

    private void follow(ReadStream<SseEvent> events) {
        events.handler(this::hear);
    }

    private void hear(SseEvent event) {
        if (event.id() != null) {
            lastId = event.id();
        }
        if (event.retry() > 0) {
            retryMillis = event.retry();
        }
        ear.hear(new ReceivedEvent(event.id(), event.event(), event.data()));
    }

    private void comeBack(AsyncResult<HttpResponse<Void>> end) {
        vertx.setTimer(retryMillis, timer -> connect());
    }

    @Override
    public void close() {
        closed = true;
        vertx.close().await();
    }
}
