package com.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Deploys the node by its name, without a launcher, and takes an event, its health and a pong of its bridge from it. */
public final class WithNode {

    private static final String NODE = "io.sluice.node.NodeVerticle";
    private static final String EVENT = "{\"message\":\"Hello World\"}";

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            int port = freePort();
            int bridgePort = freePort();
            vertx.deployVerticle(NODE, new DeploymentOptions().setConfig(config(port, bridgePort)))
                    .await(30, SECONDS);
            vertx.eventBus().publish("ticks", new JsonObject(EVENT));
            readsEvent(port);
            isHealthy(port, "live");
            isHealthy(port, "ready");
            answersPings(bridgePort);
            namesMissingDependencies(vertx);
        } finally {
            vertx.close().await(30, SECONDS);
        }
    }

    private static JsonObject config(int port, int bridgePort) {
        JsonObject tcp = new JsonObject().put("port", bridgePort).put("inbound", new JsonArray().add("ticks"));
        return new JsonObject()
                .put("http", new JsonObject().put("host", "127.0.0.1").put("port", port))
                .put("bridge", new JsonObject().put("tcp", tcp))
                .put("streams", stream("addresses", new JsonArray().add("ticks")));
    }

    private static JsonObject stream(String option, Object value) {
        return new JsonObject().put("events", new JsonObject().put(option, value));
    }

    private static void readsEvent(int port) throws Exception {
        String data = get(port, "/events", BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith("data: "))
                .findFirst()
                .orElse("nothing");
        require(data.equals("data: " + EVENT), data);
    }

    private static void isHealthy(int port, String kind) throws Exception {
        HttpResponse<String> answer = get(port, "/health/" + kind, BodyHandlers.ofString());
        require(answer.statusCode() == 200, kind + ": " + answer.statusCode());
        require(new JsonObject(answer.body()).getString("status").equals("UP"), answer.body());
    }

    private static void answersPings(int bridgePort) throws IOException {
        byte[] ping = "{\"type\":\"ping\"}".getBytes(UTF_8);
        try (Socket bridge = new Socket(InetAddress.getLoopbackAddress(), bridgePort)) {
            DataOutputStream out = new DataOutputStream(bridge.getOutputStream());
            out.writeInt(ping.length);
            out.write(ping);
            DataInputStream in = new DataInputStream(bridge.getInputStream());
            String answer = new String(in.readNBytes(in.readInt()), UTF_8);
            require(answer.equals("{\"type\":\"pong\"}"), answer);
        }
    }

    private static void namesMissingDependencies(Vertx vertx) throws Exception {
        failsToStart(
                vertx,
                new JsonObject().put("streams", stream("log", "redis")),
                "a stream whose log is in Redis needs the dependency io.vertx:vertx-redis-client");
        JsonObject jwt = new JsonObject().put("secret", "0123456789abcdef0123456789abcdef");
        failsToStart(
                vertx,
                new JsonObject().put("auth", new JsonObject().put("jwt", jwt)),
                "\"auth\" needs the dependency io.vertx:vertx-auth-jwt");
    }

    private static void failsToStart(Vertx vertx, JsonObject config, String expected) throws Exception {
        String failure = vertx.deployVerticle(NODE, new DeploymentOptions().setConfig(config))
                .map("none")
                .otherwise(Throwable::getMessage)
                .await(30, SECONDS);
        require(failure.equals(expected), failure);
    }

    private static <T> HttpResponse<T> get(int port, String path, HttpResponse.BodyHandler<T> body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        return HttpClient.newHttpClient().send(request, body);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void require(boolean expected, String actual) {
        if (!expected) {
            throw new AssertionError(actual);
        }
    }
}
