package io.sluice.node;

import io.vertx.core.cli.annotations.Hidden;
import io.vertx.core.cli.annotations.Name;
import io.vertx.core.cli.annotations.Option;
import io.vertx.core.cli.annotations.Summary;
import io.vertx.core.impl.launcher.commands.ExecUtils;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Runs a node in the background, and waits until it listens or says why it cannot. The command of Vert.x answers at once, and throws
 * away what the node says. On Windows it is left as it is, and so it is where another launcher is asked for.
 */
@Name("start")
@Summary("Runs a node in the background; takes the options of run.")
public final class StartCommand extends io.vertx.core.impl.launcher.commands.StartCommand {

    private String id = UUID.randomUUID().toString().substring(0, 8);
    private @Nullable String log;
    private @Nullable String javaOptions;
    private boolean hasLauncher;

    @Override
    @Option(longName = "vertx-id", shortName = "id", required = false, acceptValue = true)
    public void setApplicationId(String id) {
        super.setApplicationId(id);
        this.id = id;
    }

    @Override
    @Option(longName = "java-opts", required = false, acceptValue = true)
    public void setJavaOptions(String options) {
        super.setJavaOptions(options);
        this.javaOptions = options;
    }

    @Override
    @Option(longName = "launcher-class")
    @Hidden
    public void setLauncherClass(String launcher) {
        super.setLauncherClass(launcher);
        this.hasLauncher = true;
    }

    @Option(longName = "log", required = false, acceptValue = true)
    public void setLog(String file) {
        this.log = file;
    }

    @Override
    public void run() {
        if (hasLauncher || ExecUtils.isWindows()) {
            super.run();
            return;
        }
        requireFreeId();
        Path file = Path.of(log == null ? "sluice-" + id + ".log" : log);
        try {
            StartedProcess node = StartedProcess.start(command(), file);
            Optional<String> url = node.awaitUrl();
            if (url.isEmpty()) {
                throw Main.exit(node.code(), node.failure());
            }
            out.println(id + " listens on " + url.get() + ", its log is " + file);
        } catch (IOException e) {
            throw Main.exit("cannot start a process with its log in " + file + ": " + e.getMessage());
        } catch (InterruptedException e) {
            throw Main.exit("interrupted");
        }
    }

    private void requireFreeId() {
        if (!id.matches("[A-Za-z0-9._-]{1,64}")) {
            throw Main.usage("start: -id \"" + id + "\": expected 1 to 64 letters, digits and characters of \"._-\"");
        }
        if (LocalNodes.all().stream().anyMatch(node -> node.id().equals(id))) {
            throw Main.exit("start: -id " + id + ": a node of this id runs already");
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        command.addAll(program());
        command.addAll(executionContext.commandLine().allArguments());
        if (systemProperties != null) {
            systemProperties.forEach(property -> command.add("-D" + property));
        }
        // By which "list" and "stop" find it.
        command.add("-Dvertx.id=" + id);
        return command;
    }

    private List<String> options() {
        Map<String, String> environment = System.getenv();
        String options = javaOptions == null ? environment.getOrDefault("JAVA_OPTS", "") : javaOptions;
        return options.isBlank() ? List.of() : List.of(options.strip().split("\\s+", -1));
    }

    /** The jar, or, if there are more files in the class path, the launcher in them. */
    private static List<String> program() {
        String classPath = System.getProperty("java.class.path");
        boolean isOneJar = classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
        return isOneJar ? List.of("-jar", classPath) : List.of("-cp", classPath, Main.class.getName(), "run");
    }
}
