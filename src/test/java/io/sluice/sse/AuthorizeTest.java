package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.auth.Rights;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.stream.TemplateOptions;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.handler.JWTAuthHandler;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An application says who may read what: with handlers of Vert.x before that of the stream, or by a function of its own. */
@ExtendWith(VertxExtension.class)
class AuthorizeTest {

    private static final Settings ENDLESS =
            Settings.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ZERO);
    private static final String EXPIRED = "\nevent: close\ndata: {\"reason\":\"expired\"}\n\n";
    private static final String KEY = "a secret of the test that has 32 bytes";

    private final SubscriptionLimits limits = SubscriptionLimits.of(0, 0);
    private Vertx vertx;
    private SseServer server;

    @BeforeEach
    void start(Vertx vertx) {
        this.vertx = vertx;
        server = SseServer.start(vertx, ENDLESS, 1, limits, Duration.ofMinutes(1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    // ---- handlers before

    @Test
    void aTokenThatJwtAuthHandlerHasCheckedEndsItsSubscription() throws Exception {
        JWTAuth tokens = tokens(0);
        server.before = JWTAuthHandler.create(tokens);
        try (RawClient client = RawClient.get(server.port(), "/events", bearer(tokens, 2))) {
            client.head();
            String body = client.rest();
            assertTrue(body.startsWith("id: " + server.epoch() + "-0\n\n"), body);
            assertTrue(body.endsWith(EXPIRED), body);
        }
        assertEquals(401, status(bearer(tokens, -2)));
        assertEquals(401, status());
    }

    /** With a leeway it lets those pass that have expired just now, and they are told so in the stream. */
    @Test
    void aTokenWithinTheLeewayOfJwtAuthHandlerIsToldOfItsExpiry() throws Exception {
        JWTAuth tokens = tokens(60);
        server.before = JWTAuthHandler.create(tokens);
        try (RawClient client = RawClient.get(server.port(), "/events", bearer(tokens, -30))) {
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
            assertTrue(client.rest().endsWith(EXPIRED));
        }
    }

    private JWTAuth tokens(int leeway) {
        return JWTAuth.create(
                vertx,
                new JWTAuthOptions()
                        .addPubSecKey(
                                new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(KEY))
                        .setJWTOptions(new JWTOptions().setLeeway(leeway)));
    }

    private static String bearer(JWTAuth tokens, int seconds) {
        long exp = Instant.now().getEpochSecond() + seconds;
        return "Authorization: Bearer "
                + tokens.generateToken(new JsonObject().put("sub", "alice").put("exp", exp));
    }

    static Stream<Function<Long, User>> users() {
        return Stream.of(
                Users::expiring,
                exp -> User.create(new JsonObject().put("sub", "alice").put("exp", exp)),
                // What was checked wins, as for User.expired().
                exp -> User.create(new JsonObject().put("exp", 4_000_000_000L), new JsonObject().put("exp", exp)),
                exp -> User.create(new JsonObject(), new JsonObject().put("exp", exp + 0.5)));
    }

    @ParameterizedTest
    @MethodSource("users")
    void anyUserThatExpiresEndsItsSubscription(Function<Long, User> users) throws Exception {
        long now = Instant.now().getEpochSecond();
        server.before = routing -> {
            Users.set(routing, users.apply(now + 1));
            routing.next();
        };
        try (RawClient client = RawClient.get(server.port(), "/events")) {
            client.head();
            assertTrue(client.rest().endsWith(EXPIRED));
            assertTrue(Instant.now().getEpochSecond() >= now + 1, "not before its time");
        }
    }

    @Test
    void aUserWithoutAnExpiryReadsOn() throws Exception {
        server.before = routing -> {
            Users.set(routing, User.fromName("alice"));
            routing.next();
        };
        assertOpens();
    }

    @Test
    void anExpiryThatIsNoNumberLetsNobodyPass() throws Exception {
        server.before = routing -> {
            Users.set(routing, User.create(new JsonObject().put("exp", "tomorrow")));
            routing.next();
        };
        assertEquals(500, status());
    }

    // ---- a function

    @ParameterizedTest
    @ValueSource(strings = {"*", ">", "users.*", "a.b>", "", "\n"})
    void aUserOfAnyNameGetsNoMessagesOfOthers(String name) throws Exception {
        server.handler.authorize(
                routing -> Future.succeededFuture(Rights.of(TopicFilter.exact(name), TopicFilter.NONE)));
        assertEquals(403, status());
    }

    @Test
    void aUserGetsWhatItAsksForAsFarAsItsRightsGo() throws Exception {
        server.handler.authorize(routing ->
                Future.succeededFuture(Rights.of(TopicFilter.of(List.of("alice.*", "all")), TopicFilter.NONE)));
        server.publish("bob.a", "for bob");
        EventId a = server.publish("alice.a", "for alice");
        EventId b = server.publish("alice.b", "for alice too");
        server.publish("all", "for all");
        assertEquals(
                "id: " + a + "\ndata: for alice\n\nid: " + b + "\ndata: for alice too\n\n",
                blocks(2, "/events?replay=all&topic=bob.a&topic=alice.*"));
        assertEquals("id: " + b + "\ndata: for alice too\n\n", blocks(1, "/events?replay=all&topic=*.b"));
        for (String topics : List.of("topic=bob.a", "topic=bob.a&topic=bob.b", "topic=alice.a.b")) {
            try (RawClient client = RawClient.get(server.port(), "/events?" + topics)) {
                assertTrue(client.head().startsWith("HTTP/1.1 403 Forbidden\n"));
                JsonObject problem = new JsonObject(client.readTo("}"));
                assertEquals("no right to read events about these topics", problem.getString("detail"));
            }
        }
    }

    @Test
    void topicsThatTakeTooLongToCompareAreRefused() throws Exception {
        TopicFilter many = TopicFilter.of(
                IntStream.range(0, 5000).mapToObj(i -> "t." + i + ".*").toList());
        server.handler.authorize(routing -> Future.succeededFuture(Rights.of(many, TopicFilter.NONE)));
        String topics =
                IntStream.range(0, 32).mapToObj(i -> "topic=*." + i + ".a").collect(Collectors.joining("&"));
        try (RawClient client = RawClient.get(server.port(), "/events?" + topics)) {
            assertTrue(client.head().startsWith("HTTP/1.1 400 Bad Request\n"));
            assertTrue(client.readTo("}").contains("comparisons of topic filters: expected at most"));
        }
    }

    @Test
    void rightsMayBeKnownLaterAndOnAnotherThread() throws Exception {
        AtomicReference<Thread> served = new AtomicReference<>();
        AtomicReference<Thread> asked = new AtomicReference<>();
        server.handler.listener(new SubscriptionListener() {
            @Override
            public void opened(Subscriber subscriber) {
                served.set(Thread.currentThread());
            }
        });
        server.publish("t", "1");
        for (Context other : List.of(vertx.getOrCreateContext(), vertx.getOrCreateContext())) {
            server.handler.authorize(routing -> {
                asked.set(Thread.currentThread());
                Promise<Rights> rights = Promise.promise();
                other.runOnContext(v -> vertx.setTimer(20, id -> rights.complete(Rights.ALL)));
                return rights.future();
            });
            assertTrue(blocks(1, "/events").endsWith("data: 1\n\n"));
            assertEquals(asked.get(), served.get());
        }
        Promise<Rights> late = Promise.promise();
        server.handler.authorize(routing -> late.future());
        try (RawClient client = RawClient.get(server.port(), "/events")) {
            Thread stranger = new Thread(() -> late.fail(new HttpException(403, "of the test")));
            stranger.start();
            assertTrue(client.head().startsWith("HTTP/1.1 403 Forbidden\n"));
            stranger.join();
        }
    }

    @Test
    void rightsThatAreKnownOnAnotherEventLoopAreUsedOnThatOfTheRequest() throws Exception {
        AtomicReference<Thread> asked = new AtomicReference<>();
        AtomicReference<Thread> answered = new AtomicReference<>();
        Future<Rights> elsewhere =
                ((ContextInternal) vertx.getOrCreateContext()).failedFuture(new HttpException(403, "of the test"));
        server.handler.authorize(routing -> {
            asked.set(Thread.currentThread());
            routing.addHeadersEndHandler(v -> answered.set(Thread.currentThread()));
            return elsewhere;
        });
        try (RawClient client = RawClient.get(server.port(), "/events")) {
            assertTrue(client.head().startsWith("HTTP/1.1 403 Forbidden\n"));
        }
        assertEquals(asked.get(), answered.get());
    }

    @Test
    void requestsThatFollowOnTheConnectionWaitTheirTurn() throws Exception {
        Promise<Rights> first = Promise.promise();
        Promise<Void> asked = Promise.promise();
        server.handler.authorize(routing -> {
            if (routing.queryParam("first").isEmpty()) {
                return Future.succeededFuture(Rights.NONE);
            }
            asked.complete();
            return first.future();
        });
        try (RawClient client = new RawClient(server.port())) {
            // It has a body, which nobody reads.
            client.send("GET /events?first HTTP/1.1", "Content-Length: 5");
            client.write("hello");
            client.send("GET /events HTTP/1.1");
            asked.future().await();
            first.fail(new HttpException(401, "of the test"));
            assertTrue(client.head().startsWith("HTTP/1.1 401 Unauthorized\n"));
            assertTrue(client.readTo("}").contains("of the test"));
            assertTrue(client.head().startsWith("HTTP/1.1 403 Forbidden\n"));
        }
    }

    @Test
    void aClientThatHasGoneMeanwhileIsForgotten() throws Exception {
        Promise<Rights> rights = Promise.promise();
        Promise<Void> asked = Promise.promise();
        Promise<Void> gone = Promise.promise();
        server.handler.authorize(routing -> {
            routing.addEndHandler(ended -> gone.tryComplete());
            asked.complete();
            return rights.future();
        });
        try (RawClient client = RawClient.get(server.port(), "/events")) {
            asked.future().await();
            client.reset();
        }
        gone.future().await();
        rights.complete(Rights.ALL);
        server.handler.authorize(routing -> Future.succeededFuture(Rights.ALL));
        assertOpens();
        Await.await("it is not counted", () -> limits.held() == 0);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(500, "cannot be known", failing(routing -> {
                    throw new IllegalStateException("of the test");
                })),
                Arguments.of(500, "cannot be known", failing(routing -> null)),
                Arguments.of(500, "cannot be known", failing(routing -> Future.succeededFuture(null))),
                Arguments.of(500, "cannot be known", failing(routing -> Future.failedFuture("of the test"))),
                Arguments.of(
                        403, "not you", failing(routing -> Future.failedFuture(new HttpException(403, "not you")))),
                Arguments.of(403, "not you", failing(routing -> {
                    throw new HttpException(403, "not you");
                })),
                Arguments.of(429, "Too Many Requests", failing(routing -> Future.failedFuture(new HttpException(429)))),
                Arguments.of(403, "no right to read events", failing(routing -> Future.succeededFuture(Rights.NONE))));
    }

    private static Function<RoutingContext, @Nullable Future<@Nullable Rights>> failing(
            Function<RoutingContext, @Nullable Future<@Nullable Rights>> function) {
        return function;
    }

    /** The application has no failure handler. */
    @ParameterizedTest
    @MethodSource("failures")
    void aFailureIsAProblemThatCanBeRead(int status, String detail, Function<RoutingContext, Future<Rights>> rights)
            throws Exception {
        server.handler.authorize(rights);
        try (RawClient client = RawClient.get(server.port(), "/events")) {
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
            assertTrue(head.contains("Content-Type: application/problem+json\n"), head);
            JsonObject problem = new JsonObject(client.readTo("}"));
            assertEquals(status, problem.getInteger("status"));
            assertTrue(problem.getString("detail").contains(detail), problem.encode());
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theApplicationMayAnswerItselfWhenAuthorizeFails(
            int status, String detail, Function<RoutingContext, Future<Rights>> rights) throws Exception {
        server.handler.authorize(rights).failToRouter();
        server.before = routing -> {
            routing.addHeadersEndHandler(
                    v -> routing.response().putHeader("X-Status", String.valueOf(routing.statusCode())));
            routing.next();
        };
        try (RawClient client = RawClient.get(server.port(), "/events")) {
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
            assertTrue(head.contains("X-Status: " + status + "\n"), head);
        }
    }

    /** An EventSource that gets an error status never comes back. */
    @Test
    void whoseRightsCannotBeKnownNowComesBackLater() throws Exception {
        server.handler.authorize(routing -> Future.failedFuture(new HttpException(503, "the issuer is away")));
        try (RawClient client = RawClient.get(server.port(), "/events")) {
            assertTrue(client.head().startsWith("HTTP/1.1 200 OK\n"));
            assertTrue(client.rest().matches("retry: \\d+\nevent: close\ndata: \\{\"reason\":\"overload\"}\n\n"));
        }
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD /events HTTP/1.1");
            assertTrue(client.head().startsWith("HTTP/1.1 503 Service Unavailable\n"));
        }
    }

    /** Its last event is not the stream's: otherwise an EventSource would come back for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"chat", "cha.>", "*", "mine"})
    void aStreamThatHasEndedEndsForALimitedClientToo(String topics) throws Exception {
        try (TemplateServer chats = TemplateServer.start(vertx, TemplateOptions.DEFAULT, ENDLESS.sse())) {
            Rights rights = Rights.of(TopicFilter.of(List.of(topics)), TopicFilter.NONE);
            chats.handler.authorize(routing -> Future.succeededFuture(rights));
            chats.publish("42", "for chat");
            chats.chats
                    .publish("42", new NewEvent("not.for.chat", null, "for others"))
                    .await();
            chats.end("42");
            boolean gets = rights.readable("chat/42").matches("chat");
            String id = chats.epoch("42") + (gets ? "-1" : "-0");
            try (RawClient client = chats.open("/chat/42?replay=all")) {
                String expected = "id: " + id + (gets ? "\ndata: for chat" : "")
                        + "\n\nid: end-0\nretry: \\d+\nevent: close\ndata: \\{\"reason\":\"end\"}\n\n";
                String body = client.rest();
                assertTrue(body.matches(expected), body);
            }
            for (String last : gets ? List.of("end-0", id) : List.of("end-0")) {
                try (RawClient client = RawClient.get(chats.port(), "/chat/42", "Last-Event-ID: " + last)) {
                    assertTrue(client.head().startsWith("HTTP/1.1 204 No Content\n"), last);
                }
            }
        }
    }

    @Test
    void rightsAreAskedForAtEachReturn() throws Exception {
        server.publish("a", "1");
        server.publish("b", "2");
        List<String> topics = List.of("a", "b");
        int[] asked = new int[1];
        server.handler.authorize(routing ->
                Future.succeededFuture(Rights.of(TopicFilter.exact(topics.get(asked[0]++ % 2)), TopicFilter.NONE)));
        assertTrue(blocks(1, "/events?replay=all").endsWith("data: 1\n\n"));
        String last = "Last-Event-ID: " + server.epoch() + "-1";
        assertTrue(blocks(1, "/events", last).endsWith("data: 2\n\n"));
    }

    private void assertOpens() throws Exception {
        assertEquals("id: " + server.epoch() + "-0\n\n", blocks(1, "/events"));
    }

    private String blocks(int count, String target, String... headers) throws Exception {
        try (RawClient client = RawClient.get(server.port(), target, headers)) {
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 200 OK\n"), head);
            return client.blocks(count);
        }
    }

    private int status(String... headers) throws Exception {
        try (RawClient client = RawClient.get(server.port(), "/events", headers)) {
            return Integer.parseInt(client.head().split(" ", 3)[1]);
        }
    }
}
