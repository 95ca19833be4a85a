package com.example;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.sluice.sse.SseHandler;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Publishes an event and reads it back over HTTP. */
public final class Smallest {

    private static final String EVENT = "{\"message\":\"Hello World\"}";

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            int port = serve(vertx);
            vertx.eventBus().publish("ticks", new JsonObject(EVENT));
            read(port);
            refusesNodeWithoutItsDependency(vertx);
        } finally {
            vertx.close().await(10, SECONDS);
        }
    }

    private static int serve(Vertx vertx) throws Exception {
        EventStream stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT.withAddresses("ticks"))
                .await(10, SECONDS);
        Router router = Router.router(vertx);
        router.route("/events").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(SseHandler.create(stream));
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await(10, SECONDS);
        return server.actualPort();
    }

    private static void read(int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/events"))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        String data = HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith("data: "))
                .findFirst()
                .orElse("nothing");
        require(data.equals("data: " + EVENT), data);
    }

    private static void refusesNodeWithoutItsDependency(Vertx vertx) throws Exception {
        String failure = vertx.deployVerticle("io.sluice.node.NodeVerticle")
                .map("none")
                .otherwise(Throwable::getMessage)
                .await(10, SECONDS);
        require(failure.equals("the node's /health needs the dependency io.vertx:vertx-health-check"), failure);
    }

    private static void require(boolean expected, String actual) {
        if (!expected) {
            throw new AssertionError(actual);
        }
    }
}
