package io.sluice.testing.client;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An application beside a node: it knows who is signed in, and tells the browser by a cookie (any method at {@code /session}) or by a
 * text ({@code /token}). It serves the pages of {@code src/main/js}, too.
 */
public final class SignInServer implements AutoCloseable {

    private static final Path PAGES = Path.of("src", "main", "js");

    private final HttpServer server;
    private final String cookie;
    private final AtomicInteger given = new AtomicInteger();
    private volatile @Nullable Supplier<String> tokens;
    private volatile UnaryOperator<String> edits = UnaryOperator.identity();

    private SignInServer(Vertx vertx, String cookie) {
        this.cookie = cookie;
        this.server = vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .await();
    }

    /**
     * Starts it, without a visitor.
     *
     * @param cookie the name of the cookie that has the token
     */
    public static SignInServer start(Vertx vertx, String cookie) {
        return new SignInServer(vertx, cookie);
    }

    /** Signs the visitor in, whose tokens these are, or out. Counts them from now on. */
    public void signIn(@Nullable Supplier<String> visitor) {
        tokens = visitor;
        given.set(0);
    }

    /** Serves its pages so from now on. */
    public void edit(UnaryOperator<String> pages) {
        edits = pages;
    }

    /** How many tokens it has given out. */
    public int given() {
        return given.get();
    }

    /** Its URL, at a host by which the browser has no cookies of the node. */
    public String url() {
        return "http://localhost:" + server.actualPort();
    }

    /** Its URL at the node's host: cookies do not know of ports. */
    public String urlAtHostOfNode() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    private void answer(HttpServerRequest request) {
        // A cookie is set for the page of the node that asks, which is another origin because of its port.
        @Nullable String origin = request.getHeader("Origin");
        if (origin != null) {
            request.response()
                    .putHeader("Access-Control-Allow-Origin", origin)
                    .putHeader("Access-Control-Allow-Credentials", "true");
        }
        switch (request.path()) {
            case "/session", "/token" -> giveToken(request);
            default -> {
                Path page = PAGES.resolve(request.path().substring(1));
                if (request.method().equals(HttpMethod.GET) && Files.isRegularFile(page)) {
                    servePage(request, page);
                } else {
                    request.response().setStatusCode(404).end();
                }
            }
        }
    }

    private void giveToken(HttpServerRequest request) {
        Supplier<String> visitor = tokens;
        if (visitor == null) {
            setCookie(request, "", "; Max-Age=0");
            request.response().setStatusCode(401).end();
            return;
        }
        String token = visitor.get();
        given.incrementAndGet();
        if (request.path().equals("/session")) {
            setCookie(request, token, "");
            request.response().end();
        } else {
            request.response().end(token);
        }
    }

    private void setCookie(HttpServerRequest request, String value, String age) {
        String attributes = "; Path=/; HttpOnly; SameSite=Strict" + age;
        request.response().putHeader("Set-Cookie", cookie + "=" + value + attributes);
    }

    private void servePage(HttpServerRequest request, Path page) {
        try {
            request.response()
                    .putHeader("Content-Type", "text/html; charset=utf-8")
                    .end(edits.apply(Files.readString(page)));
        } catch (IOException e) {
            request.response().setStatusCode(500).end();
        }
    }

    @Override
    public void close() {
        server.close().await();
    }
}
