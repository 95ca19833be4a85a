package io.sluice.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens the admin listener of a node: what it offers, and where. */
final class AdminListener {

    private final Vertx vertx;
    private final RunningNode node;
    private final AdminConfig admin;
    private final AdminRules rules;
    private final NodeReporter reporter;

    private AdminListener(Vertx vertx, RunningNode node, AdminConfig admin) {
        this.vertx = vertx;
        this.node = node;
        this.admin = admin;
        this.rules = AdminRules.of(node.config(), node.rules());
        this.reporter = new NodeReporter(vertx, node);
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
    private Future<List<AdminPart>> parts() {
        JsonBody body = new JsonBody(
                node.config().http().timeouts().body(), node.bounds().bodies());
        return ReportPart.open(vertx, reporter.member(), reporter::report)
                .map(reports -> List.of(
                        routes -> new Health(node.streams(), node.serving()).mount(vertx, routes.router()),
                        reports,
                        MetricsPart.of(vertx, node),
                        new ReloadPart(node.reload()),
                        new LoggingPart(Logging.ofProcess(), body),
                        new StreamsPart(node),
                        new DashboardPart()));
    }

    private Future<String> open() {
        return parts().compose(parts ->
                listen(parts).recover(failure -> AdminPart.close(parts).transform(v -> Future.failedFuture(failure))));
    }

    private Future<String> listen(List<AdminPart> parts) {
        HttpConfig http = node.config().http();
        PortRange streams = PortRange.of(http.port(), http.ports());
        return PortRange.beside(streams, admin.port(), admin.ports()).listen(port -> {
            AdminVerticle verticle = new AdminVerticle(node, rules, admin, parts, port);
            return vertx.deployVerticle(verticle).map(id -> describe(verticle.port()));
        });
    }

    private String describe(int port) {
        reporter.listensOn(port);
        return StartLine.admin(tls(node.config()) != null, admin.host(), port, rules.isOpen());
    }
}
