package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Opens the admin listener of a node: what it offers, and where. */
final class AdminListener {

    private final Vertx vertx;
    private final RunningNode node;
    private final AdminConfig admin;
    private final AdminRules rules;

    private AdminListener(Vertx vertx, RunningNode node, AdminConfig admin) {
        this.vertx = vertx;
        this.node = node;
        this.admin = admin;
        this.rules = AdminRules.of(node.config(), node.rules());
    }

    /** Opens it, if there is one. The result is its part of the start line. */
    static Future<String> open(Vertx vertx, RunningNode node) {
        AdminConfig admin = node.config().admin();
        return admin == null ? Future.succeededFuture("") : new AdminListener(vertx, node, admin).open();
    }

    /**
     * The certificate of the admin listener, or null if it has none: that of the streams, but on loopback, where nobody listens on the
     * way.
     */
    static HttpConfig.@Nullable Tls tls(NodeConfig config) {
        AdminConfig admin = config.admin();
        return admin == null || HostRules.isLoopback(admin.host())
                ? null
                : config.http().tls();
    }

    /** All that it offers: a new thing is one more line here. */
    private List<AdminPart> parts() {
        return List.of(routes -> new Health(node.streams(), node.serving()).mount(vertx, routes.router()));
    }

    private Future<String> open() {
        return admin.port() == 0
                ? open(-ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE), 1)
                : open(admin.port(), admin.ports());
    }

    /** Tries one port after another. */
    private Future<String> open(int port, int ports) {
        AdminVerticle verticle = new AdminVerticle(node, rules, admin, parts(), port);
        return vertx.deployVerticle(verticle)
                .map(id -> describe(verticle.port()))
                .recover(failure -> failure instanceof PortException && ports > 1
                        ? open(port + 1, ports - 1)
                        : Future.failedFuture(failure));
    }

    private String describe(int port) {
        return "; admin on " + (tls(node.config()) == null ? "http" : "https") + "://"
                + Authority.bracketed(admin.host()) + ":" + port + "/"
                + (rules.isOpen() ? ", open to whoever reaches it" : "");
    }
}
