package com.example;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.sluice.sse.SseHandler;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives each user the events of one topic, and the administrator all: a handler of the application precedes the stream's. */
public final class WithRights {

    private static final Map<String, String> USERS = new HashMap<>(Map.of("Bearer alice", "alice", "Bearer bob", "bob", "Bearer admin", "admin"));

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            int port = serve(vertx);
            require(status(port, "/events", "") == 401, "without a token");
            require(status(port, "/events?topic=users.bob", "Bearer alice") == 403, "a topic of another user");
            namesTheWrongTopic(port);
            publish(vertx, "users.bob", "for bob");
            publish(vertx, "users.alice", "for alice");
            publish(vertx, "users.bob", "for bob, again");
            List<String> data = get(port, "/events?replay=all", "Bearer alice", BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith("data: "))
                    .limit(1)
                    .toList();
            require(data.equals(List.of("data: for alice")), data.toString());
        } finally {
            vertx.close().await(10, SECONDS);
        }
    }

    private static int serve(Vertx vertx) throws Exception {
        EventStream stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT).await(10, SECONDS);
        Router router = Router.router(vertx);
        router.route("/events")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(WithRights::authorize)
                .handler(SseHandler.create(stream));
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await(10, SECONDS);
        return server.actualPort();
    }

    private static void authorize(RoutingContext routing) {
        String user = USERS.get(routing.request().getHeader("Authorization"));
        String topic = "users." + user;
        if (user == null) {
            routing.fail(401);
        } else if (user.equals("admin")) {
            routing.next();
        } else if (routing.queryParam("topic").stream().anyMatch(asked -> !asked.equals(topic))) {
            routing.fail(403);
        } else {
            routing.queryParams().set("topic", topic);
            routing.next();
        }
    }

    /** The application has no failure handler; the answer is readable all the same. */
    private static void namesTheWrongTopic(int port) throws Exception {
        HttpResponse<String> answer = get(port, "/events?topic=users.b*", "Bearer admin", BodyHandlers.ofString());
        require(answer.statusCode() == 400, "status " + answer.statusCode());
        String type = answer.headers().firstValue("Content-Type").orElse("none");
        require(type.equals("application/problem+json"), "Content-Type: " + type);
        JsonObject problem = new JsonObject(answer.body());
        require(problem.getInteger("status") == 400, answer.body());
        require(problem.getString("detail").contains("users.b*"), answer.body());
    }

    private static void publish(Vertx vertx, String topic, String data) throws Exception {
        vertx.eventBus()
                .request("sluice.events", data, new DeliveryOptions().addHeader("topic", topic))
                .await(10, SECONDS);
    }

    private static int status(int port, String path, String authorization) throws Exception {
        return get(port, path, authorization, BodyHandlers.discarding()).statusCode();
    }

    private static <T> HttpResponse<T> get(
            int port, String path, String authorization, HttpResponse.BodyHandler<T> body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .version(HttpClient.Version.HTTP_1_1);
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return HttpClient.newHttpClient().send(request.build(), body);
    }

    private static void require(boolean expected, String actual) {
        if (!expected) {
            throw new AssertionError(actual);
        }
    }
}
