package io.sluice.node;

import io.sluice.cluster.Leases;
import io.sluice.cluster.Members;
import io.sluice.hazelcast.HazelcastCluster;
import io.sluice.hazelcast.HazelcastLog;
import io.sluice.log.EventLog;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.MemoryLog;
import io.sluice.polyglot.ScriptException;
import io.sluice.redis.RedisClient;
import io.sluice.redis.RedisLog;
import io.sluice.sse.SubscriptionLimits;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.StreamOptions.LogKind;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the instances of one {@link NodeVerticle} deployment have in common: the streams, the HTTP verticles, the bridge, the
 * producers. The first to come builds it, the others wait for it, the last to go takes it down. So {@code -instances 2} makes
 * two event loops that serve, and one tick.
 */
final class Node implements Shareable {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final Vertx vertx;
    private final String deployment;
    private final AtomicInteger instances = new AtomicInteger();
    private final Promise<Void> started = Promise.promise();
    private final List<EventStream> streams = new CopyOnWriteArrayList<>();
    // Set before anything that ends in close():
    private Optional<HazelcastCluster> cluster = Optional.empty();
    private Optional<Members> members = Optional.empty();
    private Optional<RedisClient> redis = Optional.empty(); // where a stream's log is in it

    private Node(Vertx vertx, String deployment) {
        this.vertx = vertx;
        this.deployment = deployment;
    }

    /** The node of the calling verticle's deployment. */
    static Node of(Vertx vertx, Context context) {
        return nodes(vertx).computeIfAbsent(context.deploymentID(), id -> new Node(vertx, id));
    }

    private static LocalMap<String, Node> nodes(Vertx vertx) {
        return vertx.sharedData().getLocalMap("io.sluice.nodes");
    }

    /** One instance more; completes when the node serves. On the instance's context. */
    Future<Void> enter(Context context) {
        int entered = instances.incrementAndGet();
        if (entered == 1) {
            start(context)
                    .recover(failure -> close().transform(v -> Future.failedFuture(failure)))
                    .onComplete(started);
        }
        if (entered == context.getInstanceCount()) {
            started.future().onFailure(failure -> nodes(vertx).remove(deployment)); // nobody leaves what did not start
        }
        return started.future();
    }

    /** One instance less. What the first deployed is gone by then: Vert.x undeploys children first. */
    Future<Void> leave() {
        return instances.decrementAndGet() == 0
                ? close().onSuccess(v -> {
                    nodes(vertx).remove(deployment);
                    LOG.info("Sluice has stopped");
                })
                : Future.succeededFuture();
    }

    private Future<Void> start(Context context) {
        NodeConfig config;
        try {
            JsonObject json = Objects.requireNonNullElseGet(context.config(), JsonObject::new);
            config = ConfigReader.read(json, NodeConfig.class);
            ClassPath.requireFor(config);
            requireWebroot(config);
        } catch (ConfigException e) {
            return Future.failedFuture(e);
        }
        cluster = HazelcastCluster.of(vertx);
        members = cluster.map(HazelcastCluster::members);
        return connect(config)
                .compose(v -> openStreams(config))
                .compose(v -> serve(config, context.getInstanceCount()))
                .compose(port -> bridge(config).compose(bridged -> produce(config)
                        .onSuccess(v -> announce(config, port, context.getInstanceCount(), bridged))));
    }

    /** Only where it is needed: a node without Redis need not have its client in the class path. */
    private Future<Void> connect(NodeConfig config) {
        boolean needed = config.streams().values().stream().anyMatch(options -> options.log() == LogKind.REDIS);
        if (!needed) {
            return Future.succeededFuture();
        }
        return RedisClient.connect(vertx, config.redis().uri())
                .onSuccess(client -> redis = Optional.of(client))
                .<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(under("redis", failure)));
    }

    private static Throwable under(String path, Throwable failure) {
        return failure instanceof InvalidOptionException invalid
                ? new ConfigException(path + "." + invalid.option(), invalid.value(), invalid.expected())
                : failure;
    }

    private Future<Void> openStreams(NodeConfig config) {
        Future<Void> opened = Future.succeededFuture();
        for (Map.Entry<String, StreamOptions> stream : config.streams().entrySet()) {
            opened = opened.compose(v -> open(stream.getKey(), stream.getValue(), config.publish()));
        }
        return opened;
    }

    private Future<Void> open(String name, StreamOptions options, NodeConfig.Publish publish) {
        EventLog log;
        if (options.log() == LogKind.REDIS) {
            log = new RedisLog(
                    vertx,
                    redis.orElseThrow(),
                    name,
                    options.history(),
                    publish.idempotency(),
                    cluster.map(HazelcastCluster::leases));
        } else if (isClustered(options)) {
            if (cluster.isEmpty()) {
                return Future.failedFuture(new ConfigException(
                        "streams." + name + ".log", "\"hazelcast\"", "a clustered node, by -cluster"));
            }
            log = new HazelcastLog(vertx, name, options.history(), publish.idempotency());
        } else {
            log = new MemoryLog(options.history(), publish.idempotency(), InstantSource.system());
        }
        return EventStream.open(vertx, name, options, log)
                .onSuccess(streams::add)
                .<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(under("streams." + name, failure)));
    }

    private boolean isClustered(StreamOptions options) {
        return switch (options.log()) {
            case AUTO -> cluster.isPresent();
            case HAZELCAST -> true;
            case MEMORY, REDIS -> false;
        };
    }

    /** Deploys an HTTP verticle for each instance; they share the port, which is the answer. */
    private Future<Integer> serve(NodeConfig config, int count) {
        NodeConfig.Http http = config.http();
        SubscriptionLimits admission = SubscriptionLimits.of(http.maxSubscriptions(), http.maxPerAddress());
        return http.port() == 0
                ? serve(config, count, admission, -ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE), 1)
                : serve(config, count, admission, http.port(), http.ports());
    }

    /** Tries one port after the other. */
    private Future<Integer> serve(NodeConfig config, int count, SubscriptionLimits admission, int port, int ports) {
        List<HttpVerticle> verticles = new CopyOnWriteArrayList<>();
        return vertx.deployVerticle(
                        () -> {
                            HttpVerticle verticle = new HttpVerticle(
                                    config, List.copyOf(streams), port, admission, members.map(Members::self));
                            verticles.add(verticle);
                            return verticle;
                        },
                        new DeploymentOptions().setInstances(count))
                .map(id -> verticles.get(0).port())
                .recover(failure -> failure instanceof HttpVerticle.PortException && ports > 1
                        ? serve(config, count, admission, port + 1, ports - 1)
                        : Future.failedFuture(failure));
    }

    /** Deploys the bridge, if there is one; the answer is what the start line says of it. */
    private Future<String> bridge(NodeConfig config) {
        BridgeConfig bridge = config.bridge();
        if (bridge == null) {
            return Future.succeededFuture("");
        }
        BridgeVerticle verticle = new BridgeVerticle(bridge.tcp(), config.http().deadAfter());
        return vertx.deployVerticle(verticle)
                .map(id -> "; TCP bridge on " + bridge.tcp().host() + ":" + verticle.port());
    }

    private Future<Void> produce(NodeConfig config) {
        Future<Void> deployed = Future.succeededFuture();
        for (int i = 0; i < config.producers().size(); i++) {
            NodeConfig.Producer producer = config.producers().get(i);
            String path = "producers[" + i + "]";
            long before = config.producers().subList(0, i).stream()
                    .filter(producer::equals)
                    .count();
            String name =
                    "producer/" + producer.verticle() + '/' + producer.config().encode() + '/' + before;
            deployed = deployed.compose(v -> deploy(producer, path, name));
        }
        return deployed;
    }

    private Future<Void> deploy(NodeConfig.Producer producer, String path, String name) {
        DeploymentOptions options = new DeploymentOptions().setConfig(producer.config());
        Optional<Leases> lessor = producer.singleton() ? lessor() : Optional.empty();
        Future<String> deployed = lessor.isPresent()
                ? vertx.deployVerticle(new SingletonVerticle(lessor.get(), name, producer.verticle(), options))
                : vertx.deployVerticle(producer.verticle(), options);
        return deployed.<Void>mapEmpty().recover(failure -> Future.failedFuture(explain(producer, path, failure)));
    }

    /** Who says which of several nodes runs a singleton; nobody where this one is alone. */
    private Optional<Leases> lessor() {
        return cluster.isPresent() ? cluster.map(HazelcastCluster::leases) : redis.map(client -> client);
    }

    private static Throwable explain(NodeConfig.Producer producer, String path, Throwable failure) {
        if (failure instanceof ConfigException wrong) {
            return wrong.under(path + ".config");
        } else if (failure instanceof ScriptException) {
            return new ConfigException(path + ".verticle: \"" + producer.verticle() + "\": " + failure.getMessage());
        } else if (failure instanceof ClassNotFoundException) {
            return new ConfigException(
                    path + ".verticle", '"' + producer.verticle() + '"', "a class in the class path");
        }
        return failure;
    }

    private static void requireWebroot(NodeConfig config) {
        String webroot = config.http().webroot();
        if (!HttpVerticle.isDirectory(webroot) && !webroot.equals(NodeConfig.Http.DEFAULT_WEBROOT)) {
            throw new ConfigException("http.webroot", '"' + webroot + '"', "a directory");
        }
        for (String name : config.streams().keySet()) {
            if (Files.exists(Path.of(webroot, name))) {
                throw new ConfigException(
                        "streams." + name, '"' + name + '"', "another name: " + webroot + " has a file of this one");
            }
        }
    }

    private void announce(NodeConfig config, int port, int count, String bridged) {
        String served = streams.stream()
                .map(stream -> "/" + stream.name() + describe(stream.options()))
                .collect(Collectors.joining(", "));
        LOG.info(
                "Sluice {} listens on {}://{}:{}/ with {} event loop{} on {}{}, streams: {}; publishing over HTTP is {}{}",
                Version.current(),
                config.http().tls() == null ? "http" : "https",
                config.http().host(),
                port,
                count,
                count == 1 ? "" : "s",
                Transports.name(vertx),
                members.map(all -> ", clustered as " + all.describe()).orElse(""),
                served,
                config.publish().enabled() ? "on, for anybody" : "off",
                bridged);
    }

    private String describe(StreamOptions options) {
        List<String> words = new ArrayList<>();
        words.add(options.addresses().isEmpty() ? "no address" : "from " + String.join(", ", options.addresses()));
        words.add("lifetime " + (options.lifetime().isZero() ? "unlimited" : Durations.format(options.lifetime())));
        words.add(options.log() == LogKind.REDIS ? "in Redis" : isClustered(options) ? "in the cluster" : "in memory");
        return " (" + String.join("; ", words) + ")";
    }

    /** Right after the death of a member consumers may fail to sign off; when this one is gone the others do it for them. */
    private static Future<Void> leftBehind(Throwable failure) {
        LOG.info(
                "Not all was closed: {}",
                String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
        return Future.succeededFuture();
    }

    private Future<Void> close() {
        members.ifPresent(Members::close);
        return Future.join(streams.stream().map(EventStream::close).toList())
                .<Void>mapEmpty()
                .eventually(() -> redis.map(RedisClient::close).orElseGet(Future::succeededFuture))
                .recover(Node::leftBehind);
    }
}
