package io.sluice.node;

import io.sluice.polyglot.ScriptException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Launcher;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.cli.CLI;
import io.vertx.core.cli.CLIException;
import io.vertx.core.spi.launcher.ExecutionContext;
import io.vertx.core.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jar's main class: the Vert.x command line, with a strict {@link RunCommand}.
 *
 * <p>Whatever keeps a node from starting is said in one line on the standard error stream, and ends the process with a status
 * other than 0.
 */
@SuppressWarnings("deprecation") // the launcher is what "vertx run" is; it is kept for 5.x as vertx-launcher-legacy-cli
public final class Main extends Launcher {

    static {
        // Before the first logger. Not logback.xml in the class path: that would reach who embeds the thin jar.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/sluice/node/logback.xml");
        }
        // Nor in hazelcast.xml: an application that takes that file need not have SLF4J.
        if (System.getProperty("hazelcast.logging.type") == null) {
            System.setProperty("hazelcast.logging.type", "slf4j");
        }
    }

    private static final int CANNOT_START = 1;

    private String source = "";
    private Transport transport = Transport.NIO;
    private volatile boolean stopping;

    public static void main(String[] args) {
        Main main = new Main();
        main.register(RunCommand.class, RunCommand::new);
        main.dispatch(args);
    }

    static Main of(ExecutionContext context) {
        return (Main) context.main();
    }

    /** Remembers what an error of the configuration is to be blamed on, and what has to be known before Vert.x starts. */
    void configuredBy(String file, Transport sockets) {
        source = file;
        transport = sockets;
    }

    @Override
    public VertxBuilder createVertxBuilder(VertxOptions options) {
        return super.createVertxBuilder(options).withTransport(transport);
    }

    /** Ends the process; the exception is for the compiler. */
    static IllegalStateException exit(String line) {
        System.err.println("sluice: " + line);
        System.exit(CANNOT_START);
        return new IllegalStateException(line);
    }

    @Override
    public void beforeStoppingVertx(Vertx vertx) {
        stopping = true;
    }

    @Override
    public void handleDeployFailed(Vertx vertx, String verticle, DeploymentOptions options, Throwable cause) {
        if (stopping) { // a SIGTERM while it starts undeploys it
            return;
        }
        Logger log = LoggerFactory.getLogger(Main.class);
        String line = source.isEmpty() ? verticle : source;
        if (cause instanceof ConfigException || cause instanceof ScriptException) {
            line += ": " + cause.getMessage();
        } else if (cause instanceof ClassNotFoundException) {
            line += ": no such class: " + cause.getMessage();
        } else {
            log.error("{} cannot start", verticle, cause);
            line += ": cannot start: " + cause;
        }
        String last = line;
        // Not on this event loop: the shutdown hook waits for it.
        vertx.close().onComplete(closed -> new Thread(() -> exit(last), "exit").start());
    }

    @Override
    protected void printCommandNotFound(String command) {
        super.printCommandNotFound(command);
        System.exit(CANNOT_START);
    }

    @Override
    protected void printSpecificException(CLI cli, Exception e) {
        super.printSpecificException(cli, e);
        System.exit(CANNOT_START);
    }

    @Override
    protected void printGenericExecutionError(CLI cli, CLIException e) {
        exit(cli.getName() + ": " + e.getMessage());
    }
}
