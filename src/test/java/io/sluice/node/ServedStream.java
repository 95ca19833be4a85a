package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.auth.Access;
import io.sluice.log.Journal;
import io.sluice.sse.SseFormat;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The HTTP side of a node, on a free port, and a client for it. Most tests look at one of its streams. */
record ServedStream(EventStream stream, int port, ClientBounds bounds) {

    // Servers with the same negative one share it.
    private static final AtomicInteger ANY_PORT = new AtomicInteger(-1);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Opens the other streams and the templates that the configuration names, and the keys of its {@code auth}. */
    static ServedStream serve(Vertx vertx, EventStream stream, String configuration) {
        JsonObject json = ConfigReader.parse(configuration);
        if (!json.containsKey("streams")) {
            json.put("streams", new JsonObject().put(stream.name(), new JsonObject()));
        }
        NodeConfig config = NodeConfig.read(json);
        List<EventStream> declared = config.streams().keySet().stream()
                .map(name -> name.equals(stream.name())
                        ? stream
                        : EventStream.open(vertx, name, StreamOptions.DEFAULT).await())
                .toList();
        List<StreamTemplate> templates = config.templates().entrySet().stream()
                .map(template -> StreamTemplate.open(
                                vertx, template.getKey(), template.getValue().options())
                        .await())
                .toList();
        ClientBounds bounds = ClientBounds.of(config);
        HttpConfig.Tls tls = config.http().tls();
        HttpVerticle verticle = new HttpVerticle(
                config,
                NodeStreams.of(declared, templates),
                ANY_PORT.getAndDecrement(),
                bounds,
                Optional.empty(),
                new AccessRules(access(vertx, config), config, bounds.bodies()),
                new Serving(tls == null ? null : new ServedCertificate(vertx, tls)));
        vertx.deployVerticle(verticle).await();
        return new ServedStream(stream, verticle.port(), bounds);
    }

    private static Optional<Access> access(Vertx vertx, NodeConfig config) {
        CorsRules pages = new CorsRules(config.http().cors());
        return Optional.ofNullable(config.auth()).map(auth -> Access.open(vertx, auth.options(), pages::isFromOwnPage)
                .await());
    }

    /** A builder of a request for this path and query. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    /** All that is in the stream as it goes over the wire; E stands for the epoch. */
    String wire() {
        StringBuilder wire = new StringBuilder();
        for (long n = 1; n <= stream.journal().head(); n++) {
            Journal.Entry entry = Objects.requireNonNull(stream.journal().read(n));
            wire.append(new String(entry.frame(stream.use(SseFormat.INSTANCE)), StandardCharsets.UTF_8));
        }
        return wire.toString().replaceAll("(?m)^id: [a-z0-9]+-", "id: E-");
    }

    /** RFC 9457, and nothing more. */
    static void assertProblem(int status, String title, String detail, HttpResponse<String> response) {
        assertEquals(status, response.statusCode());
        assertEquals(
                "application/problem+json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertEquals(
                "nosniff",
                response.headers().firstValue("X-Content-Type-Options").orElse(""));
        assertEquals("no-store", response.headers().firstValue("Cache-Control").orElse(""));
        assertEquals(
                new JsonObject()
                        .put("type", "about:blank")
                        .put("title", title)
                        .put("status", status)
                        .put("detail", detail),
                new JsonObject(response.body()));
    }
}
