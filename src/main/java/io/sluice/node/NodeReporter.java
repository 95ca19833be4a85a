package io.sluice.node;

import io.sluice.admin.NodeReport;
import io.sluice.admin.ProcessUsage;
import io.sluice.metrics.StreamFigures;
import io.sluice.metrics.StreamSnapshot;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the reports of a node. Any thread but an event loop's: counting files may take a while. */
final class NodeReporter {

    private static final String VERTX = vertxVersion();

    private final Vertx vertx;
    private final RunningNode node;
    private final Health health;
    private final ProcessUsage process = new ProcessUsage();
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final long startedNanos = System.nanoTime();
    private volatile int adminPort;

    NodeReporter(Vertx vertx, RunningNode node) {
        this.vertx = vertx;
        this.node = node;
        this.health = new Health(node.streams(), node.serving());
    }

    /** The port of the admin listener is known. */
    void listensOn(int port) {
        adminPort = port;
    }

    NodeReport report() {
        NodeConfig config = node.config();
        HttpConfig http = config.http();
        @Nullable String member = member();
        List<StreamSnapshot> streams =
                node.figures().stream().map(StreamFigures::snapshot).toList();
        return new NodeReport(
                member,
                Version.current(),
                System.getProperty("java.version"),
                VERTX,
                NodeUrl.of(http.tls() != null, http.host(), member, node.port()),
                adminUrl(config, member),
                started.toString(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                Duration.ofNanos(System.nanoTime() - startedNanos).toMillis() / 1000.0,
                Transports.name(vertx),
                node.loops(),
                health.isReady(),
                node.bounds().subscriptions().held(),
                streams.stream().mapToLong(StreamSnapshot::behind).sum(),
                node.bounds().connections().open(),
                http.limits().maxSubscriptions(),
                node.bounds().connections().max(),
                process.cpu(),
                process.heap(),
                process.direct(),
                process.files(),
                streams,
                members(member));
    }

    /** The name of this node in its cluster, or null if it is alone. */
    @Nullable
    String member() {
        return node.membership().map(Membership::self).orElse(null);
    }

    private String adminUrl(NodeConfig config, @Nullable String member) {
        AdminConfig admin = config.admin();
        return admin == null ? "" : NodeUrl.of(AdminListener.tls(config) != null, admin.host(), member, adminPort);
    }

    private List<NodeReport.Member> members(@Nullable String self) {
        return node.membership().map(Membership::names).orElse(List.of()).stream()
                .map(name -> new NodeReport.Member(name, name.equals(self)))
                .toList();
    }

    private static String vertxVersion() {
        try (@Nullable InputStream in = Vertx.class.getResourceAsStream("/META-INF/vertx/vertx-version.txt")) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
