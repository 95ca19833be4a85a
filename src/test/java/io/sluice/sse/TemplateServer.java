package io.sluice.sse;

import io.sluice.log.Batch;
import io.sluice.log.NewEvent;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TemplateOptions;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.util.Arrays;

/** The template {@code chat/*} of a real server, on a free port and one event loop: at its root, and below {@code /api}. */
final class TemplateServer implements AutoCloseable {

    final StreamTemplate chats;
    final SseHandler handler;
    private final HttpServer http;

    private TemplateServer(Vertx vertx, StreamTemplate chats, SseOptions options) {
        this.chats = chats;
        this.handler = SseHandler.create(chats, options, SubscriptionLimits.of(0, 0), "node-1");
        Router router = Router.router(vertx);
        mount(router);
        Router api = Router.router(vertx);
        mount(api);
        router.route("/api/*").subRouter(api);
        http = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setStrictThreadMode(true))
                .requestHandler(router)
                .listen(0)
                .await();
    }

    private void mount(Router router) {
        router.route("/chat/*").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
    }

    static TemplateServer start(Vertx vertx, TemplateOptions template, SseOptions options) {
        return new TemplateServer(
                vertx, StreamTemplate.open(vertx, "chat", template).await(), options);
    }

    int port() {
        return http.actualPort();
    }

    void publish(String stream, String... data) {
        chats.publish(stream, batch(false, data)).await();
    }

    /** With its last events, together. */
    void end(String stream, String... data) {
        chats.publish(stream, batch(true, data)).await();
    }

    private static Batch batch(boolean end, String... data) {
        return new Batch(
                Arrays.stream(data)
                        .map(text -> new NewEvent("chat", null, text))
                        .toList(),
                null,
                end);
    }

    /** The epoch of a stream that is there. */
    String epoch(String stream) {
        return chats.list(null, 1000).await().stream()
                .filter(info -> info.name().equals(stream))
                .findFirst()
                .orElseThrow()
                .last()
                .epoch();
    }

    /** A client that has read the head. */
    RawClient open(String target, String... headers) throws IOException {
        RawClient client = RawClient.get(port(), target, headers);
        client.head();
        return client;
    }

    @Override
    public void close() {
        handler.close().await();
        http.close().await();
        chats.close().await();
    }
}
