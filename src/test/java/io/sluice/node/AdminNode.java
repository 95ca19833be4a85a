package io.sluice.node;

import io.sluice.testing.CapturedOutput;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node with an admin listener, of this process, and a client for it. */
record AdminNode(int port, int admin, String deployment) {

    private static final Pattern START =
            Pattern.compile("listens on https?://[^:]+:(\\d+)/ .*admin on https?://[^:]+:(\\d+)/");

    /** Deploys it with free ports on loopback. */
    static AdminNode deploy(Vertx vertx, CapturedOutput log, String configuration) {
        return deploy(vertx, log, local(configuration));
    }

    /** A configuration with free ports on loopback. */
    static JsonObject local(String configuration) {
        JsonObject json = new JsonObject(configuration);
        JsonObject local = new JsonObject().put("host", "127.0.0.1").put("port", 0);
        json.put("http", local.copy().mergeIn(json.getJsonObject("http", new JsonObject())));
        return json.put("admin", local);
    }

    static AdminNode deploy(Vertx vertx, CapturedOutput log, JsonObject json) {
        Logging logging = Logging.ofProcess().orElseThrow();
        logging.setLevel(Node.class.getName(), LoggingConfig.Level.INFO);
        String deployment = vertx.deployVerticle(NodeVerticle::new, new DeploymentOptions().setConfig(json))
                .await();
        logging.setLevel(Node.class.getName(), null);
        Matcher start = START.matcher(log.text());
        if (!start.find()) {
            throw new IllegalStateException("no start line in " + log.text());
        }
        return new AdminNode(Integer.parseInt(start.group(1)), Integer.parseInt(start.group(2)), deployment);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }
}
