package io.sluice.webroot;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

/** A server of files alone, on a free port of this host, and a client for it. */
record ServedFiles(HttpServer server) {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static ServedFiles of(Vertx vertx, Path directory) {
        return of(vertx, new HttpServerOptions(), Webroot.of(vertx, directory.toString(), false));
    }

    static ServedFiles of(Vertx vertx, HttpServerOptions options, Webroot webroot) {
        Router router = Router.router(vertx);
        router.route().handler(webroot);
        return new ServedFiles(vertx.createHttpServer(options)
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await());
    }

    int port() {
        return server.actualPort();
    }

    /** A GET; headers are names and values in turn. */
    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, headers);
    }

    HttpResponse<String> send(String method, String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    int status(String path) throws IOException, InterruptedException {
        return get(path).statusCode();
    }

    static String header(String name, HttpResponse<?> response) {
        return String.join(" | ", response.headers().allValues(name));
    }
}
