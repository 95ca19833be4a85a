package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.log.NamedStream;
import io.sluice.stream.StreamListener;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The streams of a template: the path of a request names one, which need not be there yet. */
final class TemplateStreams implements StreamSource {

    /** What Vert.x calls the part of a path that the star of its route stands for; it is decoded, once. */
    private static final String REST = "*";

    private final StreamTemplate template;

    /** @param usual what most clients get */
    TemplateStreams(StreamTemplate template, Framing usual) {
        this.template = template;
        template.use(SseFormat.of(usual));
    }

    /** A stream that this node follows as long as somebody reads it. */
    private record Named(StreamTemplate template, NamedStream stream) implements ServedStream {

        @Override
        public Journal journal() {
            return stream.journal();
        }

        @Override
        public void subscribed(int more) {
            template.subscribed(stream, more);
        }

        @Override
        public void release() {
            template.release(stream);
        }

        @Override
        public String toString() {
            return template.fullName(stream.name());
        }
    }

    @Override
    public Duration lag() {
        return template.lag();
    }

    @Override
    public StreamListener listener() {
        return template.listener();
    }

    @Override
    public String name(RoutingContext routing) {
        return template.fullName(ownName(routing));
    }

    @Override
    public Future<ServedStream> find(RoutingContext routing) {
        return template.watch(ownName(routing)).map(stream -> new Named(template, stream));
    }

    /** The name below that of the template. */
    private String ownName(RoutingContext routing) {
        @Nullable String rest = routing.pathParam(REST);
        if (rest == null) {
            throw new IllegalStateException(
                    "the streams of " + this + " are mounted at a route without a star: expected one that ends in /*");
        }
        String name = rest.startsWith("/") ? rest.substring(1) : rest;
        try {
            StreamTemplate.requireStreamName(name);
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, e.getMessage());
        }
        return name;
    }

    @Override
    public String toString() {
        return template.fullName(REST);
    }
}
