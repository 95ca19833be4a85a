package io.sluice.node;

import io.sluice.hazelcast.ClusterConfig;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.cli.CLIException;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Summary;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.launcher.ExecutionContext;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static final String BUILT_IN = "conf/node.json";
    private static final String BUILT_IN_CLUSTER = "conf/cluster.json";

    private ClusterSettings clusterSettings = ClusterSettings.DEFAULT;
    private String source = "";

    @Override
    public void setUp(ExecutionContext context) {
        super.setUp(context);
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
                throw new CLIException("\"" + argument + "\": expected a command or an option; --help lists them");
            }
        }
    }

    @Override
    protected JsonObject getConfiguration() {
        boolean node = isNode();
        source = config == null ? "the built-in configuration" : isInline(config) ? "-conf" : config;
        try {
            JsonObject json = config == null ? (node ? builtIn() : new JsonObject()) : ConfigReader.parse(text(config));
            if (node) {
                NodeConfig checked = NodeConfig.read(json);
                clusterSettings = checked.cluster();
                Main.of(executionContext)
                        .configuredBy(source, Transports.of(checked.http().transport()));
            }
            return json;
        } catch (ConfigException e) {
            throw Main.exit(source + ": " + e.getMessage());
        }
    }

    /** Reads {@code -options} too, and is as strict there. */
    @Override
    protected @Nullable JsonObject getJsonFromFileOrString(@Nullable String jsonFileOrString, String argName) {
        if (jsonFileOrString == null) {
            return null;
        }
        try {
            return ConfigReader.parse(text(jsonFileOrString));
        } catch (ConfigException e) {
            throw Main.exit((isInline(jsonFileOrString) ? "-" + argName : jsonFileOrString) + ": " + e.getMessage());
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
            throw Main.exit((e.option().startsWith("cluster.") ? source + ": " : "") + reason(e));
        } catch (ConfigException e) {
            throw Main.exit(source + ": " + e.getMessage());
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
        return vertx;
    }

    /** Ends the process on a failure, before the command of Vert.x logs a stack trace. */
    @Override
    protected synchronized Future<Vertx> createClustered(VertxBuilder builder) {
        String how = clusterHost == null ? "" : " with -cluster-host " + clusterHost;
        return super.createClustered(builder)
                .onFailure(cause -> Main.exit("cannot join a cluster" + how + ": " + reason(cause)));
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.strip().replaceAll("\\s+", " ");
    }

    private boolean isNode() {
        return mainVerticle.endsWith(NodeVerticle.class.getName());
    }

    private static boolean isInline(String fileOrJson) {
        return fileOrJson.stripLeading().startsWith("{") && !new File(fileOrJson).exists();
    }

    private static String text(String fileOrJson) {
        if (isInline(fileOrJson)) {
            return fileOrJson;
        }
        Path file = Path.of(fileOrJson);
        if (!Files.exists(file)) {
            throw new ConfigException("no such file");
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException("cannot be read as UTF-8 text: " + e);
        }
    }

    private JsonObject builtIn() {
        String file = isClustered() ? BUILT_IN_CLUSTER : BUILT_IN;
        try (InputStream in = RunCommand.class.getResourceAsStream(file)) {
            return new JsonObject(new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("the jar lacks " + file, e);
        }
    }
}
