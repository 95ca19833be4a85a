package io.sluice.node;

import io.sluice.cluster.ClusterSingleton;
import io.sluice.cluster.Leases;
import io.sluice.log.Durations;
import io.sluice.stream.EventStream;
import io.sluice.stream.Presence;
import io.sluice.stream.StreamBus;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TemplateOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The streams of a node: those that are declared, and the templates of those that have a name only. With templates it takes what
 * the bus has for streams by name. Any thread.
 */
final class NodeStreams {

    /** The lease of the one node of a cluster that takes messages at the bus' addresses of templates. */
    private static final String BUS_LEASE = "bus/" + StreamBus.ADDRESS;

    private final List<EventStream> declared = new CopyOnWriteArrayList<>();
    private final List<StreamTemplate> templates = new CopyOnWriteArrayList<>();

    /** Closes each thing that was opened beside the streams. */
    private final List<Supplier<Future<Void>>> closings = new CopyOnWriteArrayList<>();

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

    /**
     * Opens what is configured, one after another. What is open when one fails is there to be closed.
     *
     * @param member the name of this node in its cluster
     */
    Future<Void> open(Vertx vertx, NodeConfig config, Logs logs, Optional<String> member) {
        Duration idempotency = config.publish().idempotency();
        Future<Void> opened = Future.succeededFuture();
        for (Map.Entry<String, StreamConfig> stream : config.streams().entrySet()) {
            opened = opened.compose(v -> open(vertx, stream.getKey(), stream.getValue(), idempotency, logs));
        }
        for (Map.Entry<String, TemplateConfig> template : config.templates().entrySet()) {
            opened = opened.compose(v -> open(vertx, template.getKey(), template.getValue(), idempotency, logs));
        }
        return opened.onSuccess(v -> tellPresence(vertx, config, member)).compose(v -> openBus(vertx, logs));
    }

    private void tellPresence(Vertx vertx, NodeConfig config, Optional<String> member) {
        List<EventStream> told = declared.stream()
                .filter(stream -> config.stream(stream).presence())
                .toList();
        List<StreamTemplate> toldTemplates = templates.stream()
                .filter(template -> config.template(template).presence())
                .toList();
        if (told.isEmpty() && toldTemplates.isEmpty()) {
            return;
        }
        Presence presence = Presence.of(vertx, member.orElse(null));
        closings.add(presence::close);
        told.forEach(stream -> stream.addListener(presence));
        toldTemplates.forEach(template -> template.addListener(presence));
    }

    /** The nodes that share a bus are those of a cluster. One of them takes what is published, since all would get it. */
    private Future<Void> openBus(Vertx vertx, Logs logs) {
        if (templates.isEmpty()) {
            return Future.succeededFuture();
        }
        StreamBus bus = StreamBus.of(vertx, declared, templates);
        if (logs.cluster().isEmpty()) {
            closings.add(bus::unregister);
            return bus.register();
        }
        Leases leases = logs.cluster().get().leases();
        return ClusterSingleton.open(vertx, leases, BUS_LEASE, bus::register, bus::unregister)
                .onSuccess(singleton -> closings.add(singleton::close))
                .mapEmpty();
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
                .recover(failure ->
                        Future.failedFuture(ConfigException.under("streams." + name + StreamNames.ANY, failure)));
    }

    /** The streams as the start line names them, with what they are made from and where. */
    String describe(NodeConfig config, Logs logs) {
        Stream<String> streams = declared.stream().map(stream -> {
            StreamConfig own = config.stream(stream);
            return "/" + stream.name()
                    + describe(
                            own.options().addresses(),
                            own.sse().lifetime(),
                            logs.resolve(own.log()),
                            openness(config, own.read(), own.publish()));
        });
        Stream<String> named = templates.stream().map(template -> {
            TemplateConfig own = config.template(template);
            return "/" + template.name() + StreamNames.ANY
                    + describe(
                            own.options().addresses(),
                            own.sse().lifetime(),
                            logs.resolve(own.log()),
                            openness(config, own.read(), own.publish()));
        });
        return Stream.concat(streams, named).collect(Collectors.joining(", "));
    }

    /** What is said of a stream that is open in another way than others of this node. */
    private static String openness(NodeConfig config, Read read, PublishConfig publish) {
        return (config.auth() != null && read == Read.ANYONE ? "; anybody may read" : "")
                + (publish.equals(config.publish()) ? "" : "; " + publish.describe());
    }

    private static String describe(List<String> addresses, Duration lifetime, LogKind log, String openness) {
        return " (" + (addresses.isEmpty() ? "no address" : "from " + String.join(", ", addresses))
                + "; lifetime " + (lifetime.isZero() ? "unlimited" : Durations.format(lifetime))
                + "; " + log.place() + openness + ")";
    }

    /** Takes nothing more, and releases everything. */
    Future<Void> close() {
        List<Future<Void>> closed = new ArrayList<>();
        closings.forEach(closing -> closed.add(closing.get()));
        declared.forEach(stream -> closed.add(stream.close()));
        templates.forEach(template -> closed.add(template.close()));
        return Future.join(closed).mapEmpty();
    }
}
