package io.sluice.node;

import io.sluice.log.NamedStreamInfo;
import io.sluice.log.TopicRules;
import io.sluice.sse.Parameter;
import io.sluice.stream.StreamTemplate;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists the streams of a template by name, {@value #PAGE} at a time: {@code GET /chat/}. Event loop only.
 */
final class StreamListHandler implements Handler<RoutingContext> {

    private static final int PAGE = 1000;

    private final StreamTemplate template;

    StreamListHandler(StreamTemplate template) {
        this.template = template;
    }

    @Override
    public void handle(RoutingContext routing) {
        requireAccept(routing);
        String cursor = cursor(routing);
        template.list(cursor, PAGE + 1)
                // A thousand streams are more than a turn of an event loop may work on.
                .compose(found -> routing.vertx().executeBlocking(() -> encode(found), false))
                .onComplete(page -> answer(routing, page), routing::fail);
    }

    /** The most specific range decides (RFC 9110 12.5.1). */
    private static void requireAccept(RoutingContext routing) {
        List<MIMEHeader> accepted = routing.parsedHeaders().accept();
        boolean takesJson = accepted.stream()
                .filter(range -> range.component().matches("(?i)\\*|application")
                        && range.subComponent().matches("(?i)\\*|json"))
                .max(Comparator.comparingInt(range -> -(range.component() + range.subComponent()).indexOf('*')))
                .map(range -> range.weight() > 0)
                .orElse(accepted.isEmpty());
        if (!takesJson) {
            throw new HttpException(406, "this is application/json: expected an Accept that allows it");
        }
    }

    private static @Nullable String cursor(RoutingContext routing) {
        String cursor = Parameter.single(routing, "cursor");
        try {
            if (cursor != null) {
                StreamTemplate.requireStreamName(cursor);
            }
        } catch (IllegalArgumentException e) {
            throw new HttpException(
                    400, "cursor \"" + TopicRules.visible(cursor) + "\": expected the \"next\" of a list");
        }
        return cursor;
    }

    private Buffer encode(List<NamedStreamInfo> found) {
        List<NamedStreamInfo> page = found.subList(0, Math.min(found.size(), PAGE));
        JsonArray streams = new JsonArray();
        page.forEach(stream -> streams.add(describe(stream)));
        String next = found.size() > PAGE ? page.get(PAGE - 1).name() : null;
        return new JsonObject().put("streams", streams).put("next", next).toBuffer();
    }

    private JsonObject describe(NamedStreamInfo stream) {
        return new JsonObject()
                .put("name", template.fullName(stream.name()))
                .put("last", stream.last().toString())
                .put("events", stream.events())
                .put("bytes", stream.bytes())
                .put("subscribers", template.subscribers(stream.name()))
                .put("ended", stream.ended());
    }

    private static void answer(RoutingContext routing, Buffer page) {
        HttpServerResponse response = routing.response()
                .putHeader("Content-Type", BodyType.JSON.mediaType())
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        if (routing.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", String.valueOf(page.length())).end();
        } else {
            response.end(page);
        }
    }
}
