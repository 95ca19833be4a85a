package io.sluice.webroot;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * Serves the files at {@code /}: those of a directory, or some in the jar, such as the demo. GET and HEAD, with validators, conditions and one
 * byte range. What is no file goes to the next handler. On each event loop that it is mounted on.
 */
public final class Webroot implements Handler<RoutingContext> {

    /** Of pages that are somebody else's: what they may do is theirs to say, but for who may frame them. */
    private static final String ANY_PAGE = "frame-ancestors 'self'";

    /** Of pages in the jar: all that they load is theirs, and no script or style stands in them. */
    private static final String OWN_PAGE =
            "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; " + ANY_PAGE;

    /** The members of a cluster are origins of their own, and those who join come later than the page. */
    private static final String MEMBERS = "; connect-src 'self' http: https:";

    private final StaticFiles files;
    private final String contentSecurityPolicy;

    Webroot(StaticFiles files, String contentSecurityPolicy) {
        this.files = files;
        this.contentSecurityPolicy = contentSecurityPolicy;
    }

    /**
     * Serves a directory.
     *
     * @param webroot a path, relative to the working directory
     * @param followLinks whether symbolic links may lead out of the directory
     */
    public static Webroot of(Vertx vertx, String webroot, boolean followLinks) {
        return new Webroot(new DirectoryFiles(vertx, Path.of(webroot), followLinks), ANY_PAGE);
    }

    /**
     * Serves the demo in the jar.
     *
     * @param readsMembers whether its page reads from other members of a cluster
     */
    public static Webroot demo(boolean readsMembers) {
        return new Webroot(BundledFiles.INSTANCE, readsMembers ? OWN_PAGE + MEMBERS : OWN_PAGE);
    }

    /**
     * Serves files in the jar, at the paths that they have within a directory of the class path.
     *
     * @param directory with a slash at its end
     * @param names of the files, with those of directories between: {@code dashboard/index.html}
     */
    public static Webroot bundled(String directory, List<String> names) {
        return new Webroot(new BundledFiles(directory, names), OWN_PAGE);
    }

    public static boolean isDirectory(String webroot) {
        return Files.isDirectory(Path.of(webroot));
    }

    @Override
    public void handle(RoutingContext routing) {
        HttpMethod method = routing.request().method();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            routing.next();
            return;
        }
        FilePath.of(routing.normalizedPath())
                .ifPresentOrElse(
                        path -> files.find(path)
                                .onSuccess(found ->
                                        found.ifPresentOrElse(file -> answer(routing, path, file), routing::next))
                                .onFailure(routing::fail),
                        routing::next);
    }

    private void answer(RoutingContext routing, FilePath path, StaticFile file) {
        if (routing.response().closed()) {
            return;
        }
        boolean ofDirectory = path.names().isEmpty()
                || !path.names().get(path.names().size() - 1).equals(file.name());
        if (ofDirectory && !path.directory()) {
            redirect(routing);
            return;
        }
        Preconditions preconditions = Preconditions.of(routing.request().headers(), file);
        switch (preconditions.evaluate()) {
            case FAILED -> routing.fail(new HttpException(412, "the file is not the one that the request expects"));
            case NOT_MODIFIED -> {
                describe(routing.response(), file);
                routing.response().setStatusCode(304).end();
            }
            case PROCEED -> send(routing, file, range(routing, file, preconditions));
        }
    }

    /** To the same path with a slash, so that the links of the page are right. It is relative: a proxy may have a prefix for it. */
    private static void redirect(RoutingContext routing) {
        String path = routing.normalizedPath();
        String query = routing.request().query();
        routing.response()
                .setStatusCode(301)
                .putHeader(
                        HttpHeaderNames.LOCATION,
                        "./" + path.substring(path.lastIndexOf('/') + 1) + '/' + (query == null ? "" : '?' + query))
                .putHeader(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .end();
    }

    /** Only a GET has a range (RFC 9110 14.2). */
    private static ByteRange range(RoutingContext routing, StaticFile file, Preconditions preconditions) {
        boolean asked = routing.request().method().equals(HttpMethod.GET)
                && routing.request().headers().getAll(HttpHeaderNames.RANGE).size() == 1
                && preconditions.allowRange(Instant.now());
        return asked
                ? ByteRange.of(routing.request().getHeader(HttpHeaderNames.RANGE), file.size())
                : ByteRange.whole(file.size());
    }

    private void send(RoutingContext routing, StaticFile file, ByteRange part) {
        HttpServerResponse response = routing.response();
        if (part.kind() == ByteRange.Kind.UNSATISFIABLE) {
            response.putHeader(HttpHeaderNames.CONTENT_RANGE, "bytes */" + file.size());
            routing.fail(
                    new HttpException(416, "the file has " + file.size() + " bytes: expected a range within them"));
            return;
        }
        describe(response, file);
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, MediaTypes.of(file.name()))
                .putHeader(HttpHeaderNames.CONTENT_LENGTH, Long.toString(part.length()));
        if (part.kind() == ByteRange.Kind.PART) {
            response.setStatusCode(206).putHeader(HttpHeaderNames.CONTENT_RANGE, part.contentRange(file.size()));
        }
        if (routing.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            // It was there a moment ago.
            file.send(response, part).onFailure(gone -> {
                response.headers().clear();
                routing.next();
            });
        }
    }

    /** A browser asks each time whether it has the newest; the answer is short if it has. */
    private void describe(HttpServerResponse response, StaticFile file) {
        Instant now = Instant.now();
        MultiMap headers = response.headers()
                .set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(now)))
                .set(HttpHeaderNames.ETAG, file.etag())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .set(HttpHeaderNames.ACCEPT_RANGES, "bytes")
                .set("X-Content-Type-Options", "nosniff")
                .set("Content-Security-Policy", contentSecurityPolicy)
                .set("Referrer-Policy", "strict-origin-when-cross-origin");
        // Never later than the Date (RFC 9110 8.8.2.1).
        file.modified()
                .map(time -> time.isAfter(now) ? now : time)
                .ifPresent(time -> headers.set(HttpHeaderNames.LAST_MODIFIED, DateFormatter.format(Date.from(time))));
    }
}
