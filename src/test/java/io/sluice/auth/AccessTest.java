package io.sluice.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.HttpException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What a client is told whose token cannot be checked. */
class AccessTest {

    private static final AtomicReference<RuntimeException> FAILURE = new AtomicReference<>();
    private static Vertx vertx;
    private static HttpServer server;

    @BeforeAll
    static void serve() {
        vertx = Vertx.vertx();
        TokenVerifier failing = new TokenVerifier() {

            @Override
            public Future<Identity> verify(String token) {
                return Future.failedFuture(FAILURE.get());
            }

            @Override
            public boolean hasKeys() {
                return false;
            }

            @Override
            public Future<Boolean> reread() {
                return Future.failedFuture(FAILURE.get());
            }

            @Override
            public void retire() {}

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        };
        Access access = new Access(failing, null, null, Duration.ZERO, "sluice", request -> true);
        Router router = Router.router(vertx);
        router.route().handler(routing -> access.rights(routing).onFailure(routing::fail));
        router.route().failureHandler(routing -> routing.response()
                .setStatusCode(routing.statusCode())
                .end(routing.failure() instanceof HttpException refusal ? refusal.getPayload() : "no refusal"));
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await();
    }

    @AfterAll
    static void close() {
        vertx.close().await();
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new BadCredentialException("no token"), "401 no token", 0),
                arguments(
                        new KeysAwayException("status 500"),
                        "503 the keys of the issuer cannot be had: expected to be asked again later",
                        0),
                arguments(
                        new TooManyTokensException(),
                        "503 more new tokens than can be checked: expected to be asked again later",
                        0),
                arguments(
                        new IllegalStateException("a secret"),
                        "500 the credential cannot be checked; the log says more",
                        1));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("failures")
    void aFailureHasItsStatusAndOnlyOneThatNobodyExpectsIsLogged(RuntimeException cause, String answer, int lines)
            throws Exception {
        FAILURE.set(cause);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Access.class);
        logger.addAppender(log);
        logger.setAdditive(false);
        try {
            assertEquals(answer, asked());
            assertEquals(lines, log.list.size());
        } finally {
            logger.setAdditive(true);
            logger.detachAppender(log);
        }
    }

    private static String asked() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort()))
                .header("Authorization", "Bearer a.b.c")
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }
}
