package io.sluice.node;

import io.sluice.hazelcast.ClusterConfig;
import io.sluice.log.InvalidOptionException;
import io.sluice.metrics.Metrics;
import io.sluice.metrics.VertxMeters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.cli.CLIException;
import io.vertx.core.cli.annotations.Argument;
import io.vertx.core.cli.annotations.DefaultValue;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.launcher.ExecutionContext;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A strict form of Vert.x' {@code run}. It reads and checks the {@code -conf} file before Vert.x starts, and ends the process if
 * the file is missing or wrong. The command of Vert.x logs that and starts without a configuration.
 */
@Name("run")
@Summary("Runs a verticle; without a name, the Sluice node, with its built-in configuration where no -conf is given.")
public final class RunCommand extends io.vertx.core.impl.launcher.commands.RunCommand {

    private ClusterSettings clusterSettings = ClusterSettings.DEFAULT;
    private @Nullable ConfigSource source;

    /** Null if nobody asks for them. */
    private @Nullable Metrics metrics;

    @Override
    @Argument(index = 0, argName = "verticle", required = false)
    @DefaultValue("io.sluice.node.NodeVerticle")
    public void setMainVerticle(String verticle) {
        super.setMainVerticle(verticle);
    }

    @Override
    public void setUp(ExecutionContext context) {
        super.setUp(context);
        if (mainVerticle.startsWith("-")) {
            throw Main.usage(Help.unknown(mainVerticle));
        }
        // Before the cluster manager or a script uses Unsafe.
        UnsafeWarning.silence();
        if (instances < 1) {
            throw new CLIException("-instances " + instances + ": expected 1 or more");
        }
        if (isNode()) {
            requireNoMore(context.commandLine().allArguments());
        }
    }

    /** The parser takes an unknown option or command for an argument of the verticle. */
    private void requireNoMore(List<String> arguments) {
        for (String argument : arguments) {
            // The name of the verticle comes twice if "start" was given the name that the jar's manifest has.
            if (!argument.equals(mainVerticle)) {
                throw Main.usage(Help.unknown(argument));
            }
        }
    }

    @Override
    protected JsonObject getConfiguration() {
        return isNode() ? nodeConfiguration() : configurationOf(config);
    }

    private JsonObject nodeConfiguration() {
        ConfigSource read = new ConfigSource(config, isClustered(), System.getenv());
        source = read;
        try {
            JsonObject json = read.read();
            NodeConfig checked = NodeConfig.read(json);
            clusterSettings = checked.cluster();
            Logging.ofProcess().ifPresent(log -> log.configure(checked.logging()));
            metrics = checked.admin() == null || !ClassPath.hasVertxMetrics() ? null : Metrics.open();
            Main.of(executionContext)
                    .configuredBy(read, Transports.of(checked.http().transport()));
            return json;
        } catch (ConfigException e) {
            throw Main.exit(read.line(e.getMessage()));
        }
    }

    /** That of another verticle, which may have any keys. */
    private JsonObject configurationOf(@Nullable String file) {
        return file == null ? new JsonObject() : Objects.requireNonNull(getJsonFromFileOrString(file, "conf"));
    }

    /** Reads {@code -options} too, and is as strict there. */
    @Override
    protected @Nullable JsonObject getJsonFromFileOrString(@Nullable String jsonFileOrString, String argName) {
        if (jsonFileOrString == null) {
            return null;
        }
        try {
            return ConfigReader.parse(ConfigSource.text(jsonFileOrString));
        } catch (ConfigException e) {
            throw Main.exit((ConfigSource.isInline(jsonFileOrString) ? "-" + argName : jsonFileOrString) + ": "
                    + e.getMessage());
        }
    }

    @Override
    protected VertxBuilder createVertxBuilder(VertxOptions options) {
        VertxBuilder builder = super.createVertxBuilder(options);
        if (!isClustered()) {
            return builder;
        }
        try {
            return builder.withClusterManager(clusterSettings.manager(
                    options.getEventBusOptions(),
                    System.getProperty(ClusterConfig.FILE),
                    System.getenv(ClusterConfig.MEMBERS)));
        } catch (InvalidOptionException e) {
            // The other options are no part of the configuration: a system property, a variable.
            throw Main.exit(e.option().startsWith("cluster.") ? line(reason(e)) : reason(e));
        } catch (ConfigException e) {
            throw Main.exit(line(e.getMessage()));
        } catch (RuntimeException e) {
            throw Main.exit("cannot join a cluster: " + reason(e));
        }
    }

    @Override
    protected Vertx startVertx() {
        @Nullable Vertx vertx = super.startVertx();
        if (vertx == null) {
            throw Main.exit("cannot join a cluster within 2 minutes");
        }
        if (metrics != null) {
            metrics.offer(vertx);
        }
        if (source != null) {
            source.tell(vertx);
        }
        return vertx;
    }

    @Override
    protected synchronized Vertx create(VertxBuilder builder) {
        return super.create(measured(builder));
    }

    /** Without "admin" nothing of Vert.x is measured, though what could do it is in the class path. */
    private VertxBuilder measured(VertxBuilder builder) {
        return builder.withMetrics(metrics == null ? null : VertxMeters.factory(metrics));
    }

    /** Ends the process on a failure, before the command of Vert.x logs a stack trace. */
    @Override
    protected synchronized Future<Vertx> createClustered(VertxBuilder builder) {
        String how = clusterHost == null ? "" : " with -cluster-host " + clusterHost;
        return super.createClustered(measured(builder))
                .onFailure(cause -> Main.exit("cannot join a cluster" + how + ": " + reason(cause)));
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.strip().replaceAll("\\s+", " ");
    }

    private boolean isNode() {
        return mainVerticle.endsWith(NodeVerticle.class.getName());
    }

    private String line(@Nullable String message) {
        return source == null ? String.valueOf(message) : source.line(message);
    }
}
