package io.sluice.node;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.sluice.sse.ProblemResponse;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Set;

/**
 * Answers the requests that no route may see: those that a router fails on, and those that are for the server as a whole. Before
 * the router of a node.
 */
final class RequestGate implements Handler<HttpServerRequest> {

    /** RFC 9110 9.3.6 and 9.3.8: a proxy's tunnel, and an echo of the request with all that is secret in it. */
    private static final Set<HttpMethod> NOT_IMPLEMENTED = Set.of(HttpMethod.CONNECT, HttpMethod.TRACE);

    private static final String CONTINUE = "100-continue";

    private final Handler<HttpServerRequest> router;
    private final HostRules hosts;
    private final NamedPath names;
    private final String allow;

    /**
     * @param hosts the hosts that the node answers to, its health excepted
     * @param names the paths of named streams
     * @param allow the methods that the node knows, as in a header {@code Allow}
     */
    RequestGate(Handler<HttpServerRequest> router, HostRules hosts, NamedPath names, String allow) {
        this.router = router;
        this.hosts = hosts;
        this.names = names;
        this.allow = allow;
    }

    @Override
    public void handle(HttpServerRequest request) {
        try {
            check(request);
        } catch (HttpException e) {
            ProblemResponse.end(request, e.getStatusCode(), String.valueOf(e.getPayload()));
            return;
        }
        if (request.method().equals(HttpMethod.OPTIONS) && "*".equals(request.uri())) {
            request.response().putHeader("Allow", allow).setStatusCode(204).end();
        } else {
            router.handle(request);
        }
    }

    /** Answers what Netty could not read. Nothing that follows it on the connection is taken for a request. */
    static void refuseUnreadable(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        int status = cause instanceof TooLongHttpLineException ? 414 : 400;
        if (cause instanceof TooLongHttpHeaderException) {
            status = 431;
        }
        request.response().putHeader("Connection", "close");
        ProblemResponse.end(request, status, "no HTTP request: " + complaint(cause));
        request.connection().close();
    }

    /** What is wrong with the bytes of a client, without them: Vert.x and Netty quote them, behind a colon, and they may be a token. */
    static String complaint(Throwable cause) {
        return String.valueOf(cause.getMessage()).replaceFirst("(?s)\\s*:.*", "");
    }

    private void check(HttpServerRequest request) {
        if (NOT_IMPLEMENTED.contains(request.method())) {
            throw new HttpException(501, "this node does not do " + request.method());
        }
        requireTransferCoding(request);
        requireExpectation(request);
        String path = requireTarget(request);
        Authority authority = Authority.of(request);
        if (!path.startsWith(Health.PATH)) {
            hosts.require(authority);
        }
        names.require(UrlText.decode(path));
    }

    /** Netty finds the end of the body, and decodes no other coding before {@code chunked}. RFC 9112 6.1. */
    private static void requireTransferCoding(HttpServerRequest request) {
        for (String coding : request.headers().getAll("Transfer-Encoding")) {
            if (!coding.equalsIgnoreCase("chunked")) {
                throw new HttpException(501, "Transfer-Encoding " + coding + ": expected chunked");
            }
        }
    }

    /** RFC 9110 10.1.1. Whoever reads the body writes the 100: a request that is refused gets none. */
    private static void requireExpectation(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_1_0) {
            List<String> expected = request.headers().getAll("Expect");
            if (!expected.stream().allMatch(expectation -> expectation.equalsIgnoreCase(CONTINUE))) {
                throw new HttpException(417, "Expect " + String.join(", ", expected) + ": expected " + CONTINUE);
            }
        }
    }

    /** Of the forms of RFC 9112 3.2 a path, a URL, and the asterisk for OPTIONS. */
    private static String requireTarget(HttpServerRequest request) {
        String path = request.path();
        boolean asterisk = "*".equals(path) && request.method().equals(HttpMethod.OPTIONS);
        if (path == null || (!asterisk && !path.startsWith("/"))) {
            throw new HttpException(400, "expected a path that begins with /");
        }
        requireDecodable(path);
        return path;
    }

    /** Vert.x Web fails on a path that it cannot decode, with a stack trace in the log. */
    private static void requireDecodable(String path) {
        String decoded;
        try {
            decoded = UrlText.decode(path);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, "the path has " + e.getMessage() + ": expected percent-encoded UTF-8");
        }
        if (decoded.chars().anyMatch(Character::isISOControl)) {
            throw new HttpException(400, "the path has a control character");
        }
    }
}
