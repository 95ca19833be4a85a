package com.example;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.sluice.auth.Rights;
import io.sluice.sse.SseHandler;
import io.sluice.sse.Subscriber;
import io.sluice.sse.SubscriptionListener;
import io.sluice.stream.CloseReason;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Gives each user the events of one topic, whatever the user is called, and the administrator all. */
public final class WithRights {

    private static final Map<String, String> USERS = new ConcurrentHashMap<>(Map.of(
            "Bearer alice", "alice", "Bearer bob", "bob", "Bearer star", "*", "Bearer admin", "admin"));

    private static final Queue<String> TOLD = new ConcurrentLinkedQueue<>();

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            EventStream stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT).await(10, SECONDS);
            SseHandler sse = SseHandler.create(stream).authorize(WithRights::rights).listener(new Log());
            int port = serve(vertx, sse);
            require(status(port, "/events", "") == 401, "without a token");
            require(status(port, "/events?topic=users.bob", "Bearer alice") == 403, "a topic of another user");
            require(status(port, "/events", "Bearer star") == 403, "a user who is called *");
            namesTheWrongTopic(port);
            publish(vertx, "users.bob", "for bob");
            publish(vertx, "users.alice", "for alice");
            publish(vertx, "users.bob", "for bob, again");
            readsUntilTheRightIsTakenAway(port, sse);
        } finally {
            vertx.close().await(10, SECONDS);
        }
    }

    private static int serve(Vertx vertx, SseHandler sse) throws Exception {
        Router router = Router.router(vertx);
        router.route("/events").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(sse);
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await(10, SECONDS);
        return server.actualPort();
    }

    private static Future<Rights> rights(RoutingContext routing) {
        String user = USERS.get(String.valueOf(routing.request().getHeader("Authorization")));
        if (user == null) {
            return Future.failedFuture(new HttpException(401, "who are you?"));
        }
        TopicFilter topics = user.equals("admin") ? TopicFilter.ALL : of(user);
        return Future.succeededFuture(Rights.of(topics, TopicFilter.NONE));
    }

    private static TopicFilter of(String user) {
        return TopicFilter.exact("users." + user);
    }

    private static final class Log implements SubscriptionListener {

        @Override
        public void opened(Subscriber subscriber) {
            TOLD.add("opened " + subscriber.topics());
        }

        @Override
        public void closed(Subscriber subscriber, CloseReason reason) {
            TOLD.add("closed " + subscriber.topics() + " " + reason);
        }
    }

    private static void readsUntilTheRightIsTakenAway(int port, SseHandler sse) throws Exception {
        Iterator<String> lines = get(port, "/events?replay=all", "Bearer alice", BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith("data: "))
                .iterator();
        require(lines.next().equals("data: for alice"), "her own first");
        USERS.remove("Bearer alice");
        int ended = sse.end(subscriber -> subscriber.topics().equals(of("alice")), CloseReason.EXPIRED)
                .await(10, SECONDS);
        require(ended == 1, ended + " ended");
        require(lines.next().equals("data: {\"reason\":\"expired\"}"), "the reason");
        require(!lines.hasNext(), "nothing of others");
        require(status(port, "/events", "Bearer alice") == 401, "she comes back");
        require(
                List.copyOf(TOLD).equals(List.of("opened users.alice", "closed users.alice EXPIRED")),
                TOLD.toString());
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
