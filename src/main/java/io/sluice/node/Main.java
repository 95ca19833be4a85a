package io.sluice.node;

import io.sluice.cli.ExitCode;
import io.sluice.polyglot.ScriptException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Launcher;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.cli.CLI;
import io.vertx.core.cli.CLIException;
import io.vertx.core.impl.launcher.commands.ExecUtils;
import io.vertx.core.spi.launcher.ExecutionContext;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jar's main class: the Vert.x command line, with a strict {@link RunCommand}, and commands of its own.
 *
 * <p>A node that cannot start prints one line on the standard error stream, and the process ends with a status other than 0.
 */
// Vert.x keeps its deprecated launcher for 5.x, as vertx-launcher-legacy-cli: it is the program "vertx run".
@SuppressWarnings("deprecation")
public final class Main extends Launcher {

    static {
        // Before the first logger. A logback.xml in the class path would also configure applications that embed the
        // thin jar.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/sluice/node/logback.xml");
        }
        // Groovy reads scripts in the encoding of the machine; JavaScript is always read as UTF-8.
        if (System.getProperty("groovy.source.encoding") == null) {
            System.setProperty("groovy.source.encoding", "UTF-8");
        }
        // Not in hazelcast.xml: an application that uses this file may have no SLF4J.
        if (System.getProperty("hazelcast.logging.type") == null) {
            System.setProperty("hazelcast.logging.type", "slf4j");
        }
    }

    private List<String> arguments = List.of();
    private @Nullable ConfigSource source;
    private @Nullable Transport transport;
    private @Nullable Tracing tracing;
    private volatile boolean stopping;

    public static void main(String[] args) {
        if (args.length > 0 && Help.isNoNode(args[0]) && System.getProperty("slf4j.provider") == null) {
            // Half of the time that a short command takes is that of a log which it does not write.
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
            // It would tell of that on the standard error stream.
            System.setProperty("slf4j.internal.verbosity", "WARN");
        }
        Main main = new Main();
        main.registerCommands();
        main.dispatch(args);
    }

    private void registerCommands() {
        // A node of Vert.x without a verticle.
        unregister("bare");
        register(RunCommand.class, RunCommand::new);
        register(StartCommand.class, StartCommand::new);
        register(CheckCommand.class, CheckCommand::new);
        register(TailCommand.class, TailCommand::new);
        register(PublishCommand.class, PublishCommand::new);
        register(InfoCommand.class, InfoCommand::new);
        register(VersionCommand.class, VersionCommand::new);
        register(HelpCommand.class, HelpCommand::new);
        // Those of Vert.x know how to find a process there.
        if (!ExecUtils.isWindows()) {
            register(ListCommand.class, ListCommand::new);
            register(StopCommand.class, StopCommand::new);
        }
    }

    static Main of(ExecutionContext context) {
        return (Main) context.main();
    }

    /** What is behind the command, as it was written: the parser of Vert.x takes options apart in its own way. */
    List<String> arguments() {
        return arguments;
    }

    /** Shows the help of a command wherever it is asked for. */
    @Override
    public void execute(String command, String... given) {
        arguments = List.of(given);
        if (arguments.stream().anyMatch(Main::isAskingForHelp)
                && getCommandNames().contains(command)) {
            Help.print(command);
        } else {
            super.execute(command, given);
        }
    }

    /** The verticle of the jar's manifest; the node where the classes are in no jar. */
    @Override
    protected String getMainVerticle() {
        return Objects.requireNonNullElse(super.getMainVerticle(), NodeVerticle.class.getName());
    }

    /** Remembers the source of the configuration, for messages, and the transport, which Vert.x needs at its start. */
    void configuredBy(ConfigSource configuration, Transport sockets) {
        source = configuration;
        transport = sockets;
    }

    @Override
    public VertxBuilder createVertxBuilder(VertxOptions options) {
        VertxBuilder builder =
                super.createVertxBuilder(options).withTransport(Objects.requireNonNullElse(transport, Transport.NIO));
        tracing = tracing();
        return tracing == null ? builder : builder.withTracer(tracing.factory());
    }

    private static @Nullable Tracing tracing() {
        try {
            return Tracing.configured();
        } catch (RuntimeException e) {
            throw exit("OpenTelemetry: " + e.getMessage());
        }
    }

    /** Ends the process, which cannot do what it was asked for. The exception tells the compiler so. */
    static IllegalStateException exit(String line) {
        return exit(ExitCode.FAILED, line);
    }

    /** Ends the process, whose command line is wrong. */
    static IllegalStateException usage(String line) {
        return exit(ExitCode.USAGE, line);
    }

    static IllegalStateException exit(int code, String line) {
        QueueingAppender.flushAll();
        System.err.println("sluice: " + line);
        System.exit(code);
        return new IllegalStateException(line);
    }

    @Override
    public void beforeStoppingVertx(Vertx vertx) {
        stopping = true;
    }

    /** After the last line of the node. */
    @Override
    public void afterStoppingVertx() {
        if (tracing != null) {
            tracing.close();
        }
        QueueingAppender.flushAll();
    }

    @Override
    public void handleDeployFailed(Vertx vertx, String verticle, DeploymentOptions options, Throwable cause) {
        // A SIGTERM during the start undeploys the verticle.
        if (stopping) {
            return;
        }
        Logger log = LoggerFactory.getLogger(Main.class);
        String why;
        if (cause instanceof ConfigException || cause instanceof ScriptException) {
            why = cause.getMessage();
        } else if (cause instanceof ClassNotFoundException) {
            why = "no such class: " + cause.getMessage();
        } else {
            log.error("{} cannot start", verticle, cause);
            why = "cannot start: " + cause;
        }
        String last = source == null ? verticle + ": " + why : source.line(why);
        // Not on this event loop: the shutdown hook waits for it.
        vertx.close().onComplete(closed -> new Thread(() -> exit(last), "exit").start());
    }

    @Override
    protected void printGlobalUsage() {
        Help.print(Help.OVERVIEW);
    }

    @Override
    protected void printCommandNotFound(String command) {
        usage(Help.unknown(command));
    }

    /** An option lacks its value, or has one that it cannot have. */
    @Override
    protected void printSpecificException(CLI cli, Exception e) {
        usage(cli.getName() + ": " + e.getMessage());
    }

    @Override
    protected void printGenericExecutionError(CLI cli, CLIException e) {
        usage(cli.getName() + ": " + e.getMessage());
    }
}
