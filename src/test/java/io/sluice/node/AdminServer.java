package io.sluice.node;

import io.sluice.auth.Access;
import io.sluice.metrics.StreamFigures;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The admin listener of a node on any free port, with one thing that can be changed, {@code /change}; and a client for it. */
record AdminServer(int port) {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static AdminServer serve(Vertx vertx, String configuration) {
        NodeConfig config = NodeConfig.read(ConfigReader.parse(configuration));
        AdminConfig admin = Objects.requireNonNull(config.admin());
        ClientBounds bounds = ClientBounds.of(config);
        AccessRules rules = new AccessRules(access(vertx, config), config, bounds.bodies());
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        NodeStreams streams = NodeStreams.of(List.of(stream), List.of());
        Serving serving = new Serving();
        vertx.deployVerticle(new Streams(serving)).await();
        List<StreamFigures> figures = Figures.of(config, Logs.inMemory(), streams);
        Reload reload = new Reload(vertx, ConfigReader.parse(configuration), rules, null);
        RunningNode node =
                new RunningNode(config, streams, figures, Optional.empty(), rules, bounds, serving, reload, 8080, 1);
        NodeReporter reporter = new NodeReporter(vertx, node);
        List<AdminPart> parts = List.of(
                routes -> new Health(streams, serving).mount(vertx, routes.router()),
                ReportPart.open(vertx, null, reporter::report).await(),
                new StreamsPart(node),
                new DashboardPart(),
                routes -> routes.post("/change", routing -> routing.response().end("changed")));
        AdminVerticle verticle = new AdminVerticle(
                node,
                AdminRules.of(config, rules),
                admin,
                parts,
                PortRange.of(0, 1).ports().get(0));
        vertx.deployVerticle(verticle).await();
        return new AdminServer(verticle.port());
    }

    /** Stands for the server of the streams: the listener stops after it. */
    private static final class Streams extends VerticleBase {

        private final Serving serving;

        Streams(Serving serving) {
            this.serving = serving;
        }

        @Override
        public Future<?> start() {
            serving.begin();
            return Future.succeededFuture();
        }

        @Override
        public Future<?> stop() {
            serving.end();
            return Future.succeededFuture();
        }
    }

    private static Optional<Access> access(Vertx vertx, NodeConfig config) {
        return Optional.ofNullable(config.auth()).map(auth -> Access.open(vertx, auth.options(), request -> false)
                .await());
    }

    HttpResponse<String> send(String method, String path, String... headers) throws IOException, InterruptedException {
        return CLIENT.send(request("127.0.0.1", method, path, headers), BodyHandlers.ofString());
    }

    /** The same, to another address of this machine. */
    HttpResponse<String> sendTo(String address, String method, String path) throws IOException, InterruptedException {
        return CLIENT.send(request(address, method, path), BodyHandlers.ofString());
    }

    /** The status of the answer, whose body may have no end. */
    int status(String method, String path, String... headers) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                CLIENT.send(request("127.0.0.1", method, path, headers), BodyHandlers.ofInputStream());
        response.body().close();
        return response.statusCode();
    }

    private HttpRequest request(String address, String method, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address + ":" + port + path))
                .method(method, BodyPublishers.noBody());
        return headers.length == 0 ? request.build() : request.headers(headers).build();
    }
}
