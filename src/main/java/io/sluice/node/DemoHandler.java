package io.sluice.node;

import io.sluice.sse.SseOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells the demo's page what this node has, {@code GET /demo.json}: its streams that anybody may read, which scenes they make, and where the
 * other members of its cluster are.
 */
final class DemoHandler implements Handler<RoutingContext> {

    static final String PATH = "/demo.json";

    private final NodeConfig config;
    private final Optional<MemberUrls> members;

    DemoHandler(NodeConfig config, Optional<MemberUrls> members) {
        this.config = config;
        this.members = members;
    }

    @Override
    public void handle(RoutingContext routing) {
        members.map(MemberUrls::all)
                .orElse(Future.succeededFuture(Map.of()))
                .onSuccess(urls -> answer(routing, describe(urls)));
    }

    private static void answer(RoutingContext routing, JsonObject demo) {
        HttpServerResponse response = routing.response()
                .putHeader("Content-Type", BodyType.JSON.mediaType())
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        String body = demo.encode();
        if (routing.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(body);
        }
    }

    private JsonObject describe(Map<String, String> urls) {
        String self = members.map(MemberUrls::self).orElse(null);
        JsonArray all = new JsonArray();
        urls.forEach((name, url) ->
                all.add(new JsonObject().put("member", name).put("url", url).put("here", name.equals(self))));
        return new JsonObject()
                .put("version", Version.current())
                .put("member", self)
                .put("members", all)
                .put("streams", streams())
                .put("scenes", scenes());
    }

    private JsonArray streams() {
        JsonArray streams = new JsonArray();
        config.streams().forEach((name, stream) -> {
            if (stream.read() == Read.ANYONE) {
                streams.add(describe(
                        name,
                        false,
                        stream.sse(),
                        stream.publish(),
                        stream.options().addresses()));
            }
        });
        config.templates().forEach((name, template) -> {
            if (template.read() == Read.ANYONE) {
                streams.add(describe(
                        name + StreamNames.ANY,
                        true,
                        template.sse(),
                        template.publish(),
                        template.options().addresses()));
            }
        });
        return streams;
    }

    private static JsonObject describe(
            String name, boolean isTemplate, SseOptions sse, PublishConfig publish, List<String> addresses) {
        boolean publishes = publish.enabled() && publish.anonymous();
        return new JsonObject()
                .put("name", name)
                .put("template", isTemplate)
                .put("lifetime", sse.lifetime().toMillis() / 1000.0)
                .put("publish", publishes)
                .put("maxEvent", publishes ? publish.maxEvent().bytes() : 0)
                .put("topics", new JsonArray(addresses));
    }

    /** A scene is there where the stream is that it shows, and the producer that it needs. */
    private JsonObject scenes() {
        JsonObject scenes = new JsonObject();
        List<String> open = config.streams().entrySet().stream()
                .filter(stream -> stream.getValue().read() == Read.ANYONE)
                .map(Map.Entry::getKey)
                .toList();
        first(NodeConfig.DEFAULT_STREAM, open.stream()).ifPresent(name -> scenes.put("ticks", name));
        first("board", open.stream().filter(this::isBoard)).ifPresent(name -> scenes.put("board", name));
        producer(AnswerRelay.class, "template", "chat")
                .filter(this::isAsked)
                .ifPresent(name -> scenes.put("ask", name));
        producer(PriceProducer.class, "stream", "prices")
                .filter(open::contains)
                .ifPresent(name -> scenes.put("prices", name));
        return scenes;
    }

    /** The stream of the usual name, or else the first one. */
    private static Optional<String> first(String usual, Stream<String> names) {
        List<String> all = names.toList();
        return all.contains(usual) ? Optional.of(usual) : all.stream().findFirst();
    }

    private boolean isBoard(String name) {
        StreamConfig stream = config.streams().get(name);
        return stream != null && stream.publish().enabled() && stream.publish().anonymous();
    }

    private boolean isAsked(String name) {
        TemplateConfig template = config.templates().get(name);
        return template != null
                && template.read() == Read.ANYONE
                && template.signals() == TemplateConfig.Senders.ANONYMOUS;
    }

    /** What a key of a producer's configuration says, if there is such a producer. */
    private Optional<String> producer(Class<?> verticle, String key, String otherwise) {
        return config.producers().stream()
                .filter(producer -> producer.verticle().equals(verticle.getName()))
                .map(producer -> String.valueOf(producer.config().getValue(key, otherwise)))
                .findFirst();
    }
}
