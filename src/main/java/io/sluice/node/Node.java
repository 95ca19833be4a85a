package io.sluice.node;

import io.sluice.auth.Access;
import io.sluice.bridge.BridgeVerticle;
import io.sluice.metrics.StreamFigures;
import io.sluice.webroot.Webroot;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams, the HTTP verticles, the bridge and the producers that the instances of one {@link NodeVerticle} deployment share.
 * The first instance starts them, the other instances wait for that, and the last one stops them. So {@code -instances 2} makes
 * two event loops that serve, and one tick.
 */
final class Node implements Shareable {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final Vertx vertx;
    private final String deployment;
    private final AtomicInteger instances = new AtomicInteger();
    private final Promise<Void> started = Promise.promise();
    private final NodeStreams streams = new NodeStreams();
    // Set before anything that ends in close():
    private Optional<Membership> membership = Optional.empty();
    private Optional<MemberUrls> memberUrls = Optional.empty();
    private Logs logs = Logs.inMemory();
    private Optional<AccessRules> rules = Optional.empty();
    private Runnable hangup = () -> {};

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

    /** Adds an instance. Completes when the node serves. On the instance's context. */
    Future<Void> enter(Context context) {
        int entered = instances.incrementAndGet();
        if (entered == 1) {
            start(context)
                    .recover(failure -> close().transform(v -> Future.failedFuture(failure)))
                    .onComplete(started);
        }
        if (entered == context.getInstanceCount()) {
            // The instances of a node that did not start never leave it.
            started.future().onFailure(failure -> nodes(vertx).remove(deployment));
        }
        return started.future();
    }

    /** Removes an instance. Vert.x has undeployed its children, which the first instance has deployed, before. */
    Future<Void> leave() {
        return instances.decrementAndGet() == 0
                ? close().onSuccess(v -> {
                    nodes(vertx).remove(deployment);
                    LOG.info("Sluice has stopped");
                })
                : Future.succeededFuture();
    }

    private Future<Void> start(Context context) {
        JsonObject json = Objects.requireNonNullElseGet(context.config(), JsonObject::new);
        NodeConfig config;
        try {
            config = read(json);
        } catch (ConfigException e) {
            return Future.failedFuture(e);
        }
        ClientBounds bounds = ClientBounds.of(config);
        return Logs.connect(vertx, config)
                .compose(connected -> {
                    logs = connected;
                    return join(config);
                })
                .compose(v -> streams.open(vertx, config, logs, membership.map(Membership::self)))
                .compose(v -> openAccess(config, json, bounds))
                .compose(access -> serve(config, json, context.getInstanceCount(), bounds, access))
                .compose(node -> tellUrl(config, node.port()).map(node))
                .compose(node -> bridge(config, bounds.connections()).compose(bridged -> new Producers(
                                vertx, logs.leases(), config.producers())
                        .deploy()
                        .compose(v -> AdminListener.open(vertx, node))
                        .onSuccess(admin -> {
                            hangup = node.reload().onHangup();
                            LOG.info("{}", new StartLine(node, logs, Transports.name(vertx)).text(bridged + admin));
                        })))
                .mapEmpty();
    }

    private Future<Void> join(NodeConfig config) {
        return logs.cluster().isEmpty()
                ? Future.succeededFuture()
                : Membership.open(logs.cluster().get(), config)
                        .onSuccess(opened -> {
                            membership = Optional.of(opened);
                            memberUrls =
                                    Optional.of(new MemberUrls(vertx, opened.self(), opened::names, MemberUrls.FRESH));
                            Logging.ofProcess().ifPresent(log -> log.setMember(opened.self()));
                        })
                        .mapEmpty();
    }

    /** @param json the configuration as it was written */
    private Future<AccessRules> openAccess(NodeConfig config, JsonObject json, ClientBounds bounds) {
        AuthConfig auth = config.auth();
        Future<Optional<Access>> access = auth == null
                ? Future.succeededFuture(Optional.empty())
                : Access.open(vertx, auth.options(), new CorsRules(config.http().cors())::isFromOwnPage)
                        .map(Optional::of)
                        .recover(failure -> Future.failedFuture(ConfigReader.under("auth", failure, json)));
        return access.map(opened -> new AccessRules(opened, config, bounds.bodies()))
                .onSuccess(opened -> rules = Optional.of(opened));
    }

    /** Deploys an HTTP verticle for each instance. All share one port. */
    private Future<RunningNode> serve(
            NodeConfig config, JsonObject json, int count, ClientBounds bounds, AccessRules access) {
        List<StreamFigures> figures = Figures.of(config, logs, streams);
        HttpConfig.Tls tls = config.http().tls();
        ServedCertificate certificate = tls == null ? null : new ServedCertificate(vertx, tls);
        return PortRange.of(config.http().port(), config.http().ports()).listen(port -> {
            List<HttpVerticle> verticles = new CopyOnWriteArrayList<>();
            Serving serving = new Serving(certificate);
            return vertx.deployVerticle(
                            () -> {
                                HttpVerticle verticle =
                                        new HttpVerticle(config, streams, port, bounds, memberUrls, access, serving);
                                verticles.add(verticle);
                                return verticle;
                            },
                            new DeploymentOptions().setInstances(count))
                    .map(id -> verticles.get(0).port())
                    .map(actual -> new RunningNode(
                            config,
                            streams,
                            figures,
                            membership,
                            access,
                            bounds,
                            serving,
                            new Reload(vertx, json, access, certificate),
                            actual,
                            count));
        });
    }

    /** Tells the other members where this one is, for the demo's page. */
    private Future<Void> tellUrl(NodeConfig config, int port) {
        HttpConfig http = config.http();
        return http.demo() && memberUrls.isPresent()
                ? memberUrls
                        .get()
                        .tell(NodeUrl.of(
                                http.tls() != null,
                                http.host(),
                                memberUrls.get().self(),
                                port))
                : Future.succeededFuture();
    }

    /** Deploys the bridge, if there is one. The result is its part of the start line. */
    private Future<String> bridge(NodeConfig config, ConnectionLimits connections) {
        BridgeConfig bridge = config.bridge();
        if (bridge == null) {
            return Future.succeededFuture("");
        }
        BridgeConfig.Tcp tcp = bridge.tcp();
        BridgeVerticle verticle =
                new BridgeVerticle(tcp.settings(config.http().timeouts().deadAfter()), connections);
        return vertx.deployVerticle(verticle)
                .map(id -> "; TCP bridge on " + Authority.bracketed(tcp.host()) + ":" + verticle.port())
                .recover(cause -> Future.failedFuture(new ConfigException("the TCP bridge cannot listen on "
                        + Authority.bracketed(tcp.host()) + ":" + tcp.port() + ": " + PortException.reason(cause))));
    }

    /**
     * Reads and checks a configuration.
     *
     * @throws ConfigException if no node can have it
     */
    static NodeConfig read(JsonObject json) {
        NodeConfig config = NodeConfig.read(json);
        ClassPath.requireFor(config);
        requireWebroot(config);
        return config;
    }

    private static void requireWebroot(NodeConfig config) {
        String webroot = config.http().webroot();
        if (!Webroot.isDirectory(webroot) && !webroot.equals(HttpConfig.DEFAULT_WEBROOT)) {
            throw new ConfigException("http.webroot", '"' + webroot + '"', "a directory");
        }
        config.streams().keySet().forEach(name -> requireNoFile(webroot, name));
        config.templates().keySet().forEach(name -> requireNoFile(webroot, name + StreamNames.ANY));
    }

    private static void requireNoFile(String webroot, String key) {
        if (Files.exists(Path.of(webroot, StreamNames.name(key)))) {
            throw new ConfigException(
                    "streams." + key, '"' + key + '"', "another name: " + webroot + " has a file of this one");
        }
    }

    /** Right after the death of a member, consumers may fail to unregister. The other members do it when this node is gone. */
    private static void leftBehind(Throwable failure) {
        LOG.info(
                "not everything was closed as this node stops; the other members remove what is left: {}",
                String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
    }

    /** Closes each part, whatever another one throws. */
    private Future<Void> close() {
        closePart(hangup);
        closePart(() -> membership.ifPresent(Membership::close));
        Future<Void> accessClosed = Future.succeededFuture()
                .compose(v -> rules.map(AccessRules::close).orElse(Future.succeededFuture()));
        return Future.succeededFuture()
                .compose(v -> memberUrls.map(MemberUrls::close).orElse(Future.succeededFuture()))
                .eventually(streams::close)
                .eventually(logs::close)
                .eventually(() -> accessClosed)
                .recover(failure -> {
                    leftBehind(failure);
                    return Future.succeededFuture();
                });
    }

    private static void closePart(Runnable closing) {
        try {
            closing.run();
        } catch (RuntimeException e) {
            leftBehind(e);
        }
    }
}
