package io.sluice.node;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TemplateOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The streams of a node: those that are declared, and the templates of those that have a name only. Any thread. */
final class NodeStreams {

    private final List<EventStream> declared = new CopyOnWriteArrayList<>();
    private final List<StreamTemplate> templates = new CopyOnWriteArrayList<>();

    /** Streams that are open. */
    static NodeStreams of(List<EventStream> declared, List<StreamTemplate> templates) {
        NodeStreams streams = new NodeStreams();
        streams.declared.addAll(declared);
        streams.templates.addAll(templates);
        return streams;
    }

    List<EventStream> declared() {
        return declared;
    }

    List<StreamTemplate> templates() {
        return templates;
    }

    /** Opens what is configured, one after another. What is open when one fails is there to be closed. */
    Future<Void> open(Vertx vertx, NodeConfig config, Logs logs) {
        Duration idempotency = config.publish().idempotency();
        Future<Void> opened = Future.succeededFuture();
        for (Map.Entry<String, StreamConfig> stream : config.streams().entrySet()) {
            opened = opened.compose(v -> open(vertx, stream.getKey(), stream.getValue(), idempotency, logs));
        }
        for (Map.Entry<String, TemplateConfig> template : config.templates().entrySet()) {
            opened = opened.compose(v -> open(vertx, template.getKey(), template.getValue(), idempotency, logs));
        }
        return opened;
    }

    private Future<Void> open(Vertx vertx, String name, StreamConfig stream, Duration idempotency, Logs logs) {
        StreamOptions options = stream.options().withIdempotency(idempotency);
        return Future.succeededFuture(stream.log())
                .map(logs::provider)
                .compose(provider -> EventStream.open(vertx, name, options, provider))
                .onSuccess(declared::add)
                .<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(ConfigException.under("streams." + name, failure)));
    }

    private Future<Void> open(Vertx vertx, String name, TemplateConfig template, Duration idempotency, Logs logs) {
        TemplateOptions options = template.options().withIdempotency(idempotency);
        return Future.succeededFuture(template)
                .map(logs::provider)
                .compose(provider -> StreamTemplate.open(vertx, name, options, provider))
                .onSuccess(templates::add)
                .<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(
                        ConfigException.under("streams." + name + StreamNames.ANY, failure)));
    }

    /** The streams as the start line names them, with what they are made from and where. */
    String describe(NodeConfig config, Logs logs) {
        Stream<String> streams = declared.stream().map(stream -> {
            StreamConfig own = config.stream(stream);
            return "/" + stream.name()
                    + describe(own.options().addresses(), own.sse().lifetime(), logs.resolve(own.log()));
        });
        Stream<String> named = templates.stream().map(template -> {
            TemplateConfig own = config.template(template);
            return "/" + template.name() + StreamNames.ANY
                    + describe(own.options().addresses(), own.sse().lifetime(), logs.resolve(own.log()));
        });
        return Stream.concat(streams, named).collect(Collectors.joining(", "));
    }

    private static String describe(List<String> addresses, Duration lifetime, LogKind log) {
        return " (" + (addresses.isEmpty() ? "no address" : "from " + String.join(", ", addresses))
                + "; lifetime " + (lifetime.isZero() ? "unlimited" : Durations.format(lifetime))
                + "; " + log.place() + ")";
    }

    /** Takes nothing more, and releases everything. */
    Future<Void> close() {
        return Future.join(Stream.concat(
                                declared.stream().map(EventStream::close),
                                templates.stream().map(StreamTemplate::close))
                        .toList())
                .mapEmpty();
    }
}
