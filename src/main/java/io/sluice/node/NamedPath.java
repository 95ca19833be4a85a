package io.sluice.node;

import io.sluice.stream.StreamTemplate;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Objects;

/** The paths of streams that have a name only: {@code /chat/42}. */
final class NamedPath {

    private final List<String> beginnings;

    /** The paths of templates. */
    NamedPath(List<StreamTemplate> templates) {
        this.beginnings =
                templates.stream().map(template -> "/" + template.name() + "/").toList();
    }

    /**
     * Checks a path before a router takes its dot segments for steps (RFC 3986 6.2.2.3): {@code /chat/..} is no other path, but a
     * name that cannot be.
     *
     * @param path as it was asked for, decoded
     * @throws HttpException 400 if it is below a template, and has no name of a stream there
     */
    void require(String path) {
        for (String beginning : beginnings) {
            if (path.startsWith(beginning) && path.length() > beginning.length()) {
                requireName(path.substring(beginning.length()));
            }
        }
    }

    /** The handler of each request for a named stream: it has a name that can be. */
    static void requireName(RoutingContext routing) {
        requireName(name(routing));
        routing.next();
    }

    /** The name of the stream, within its template, that a request is for. */
    static String name(RoutingContext routing) {
        return Objects.requireNonNull(routing.pathParam("*"), "a route that ends in /*");
    }

    private static void requireName(String name) {
        try {
            StreamTemplate.requireStreamName(name);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
    }
}
