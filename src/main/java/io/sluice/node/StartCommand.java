package io.sluice.node;

import io.vertx.core.cli.annotations.Description;
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
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x' {@code start}, which runs a node in the background, for any path and argument. The command of Vert.x puts quotes around
 * each that has a space or a quote, as for a shell, and there is none: the new process ended at once, and nobody heard of it. On
 * Windows, where it needs them, it is left as it is, and so it is where another launcher is asked for.
 */
@Name("start")
@Summary("Runs a node in the background; takes the options of run.")
@Description(
        "Prints the id of the node, which stop takes. Its output goes nowhere, unless the Logback configuration names a file.")
public final class StartCommand extends io.vertx.core.impl.launcher.commands.StartCommand {

    private String id = UUID.randomUUID().toString();
    private @Nullable String javaOptions;
    private boolean hasLauncher;
    private boolean inheritsOutput;

    @Override
    @Option(longName = "vertx-id", shortName = "id", required = false, acceptValue = true)
    @Description("The id of the node, a random UUID by default")
    public void setApplicationId(String id) {
        super.setApplicationId(id);
        this.id = id;
    }

    @Override
    @Option(longName = "java-opts", required = false, acceptValue = true)
    @Description("Options of the JVM, such as \"-Xmx1g\"; by default those in JAVA_OPTS")
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

    @Override
    @Option(longName = "redirect-output", flag = true)
    @Hidden
    public void setRedirect(boolean redirect) {
        super.setRedirect(redirect);
        this.inheritsOutput = redirect;
    }

    @Override
    public void run() {
        if (hasLauncher || ExecUtils.isWindows()) {
            super.run();
            return;
        }
        ProcessBuilder node = new ProcessBuilder(command());
        if (inheritsOutput) {
            node.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        try {
            node.start();
            out.println(id);
        } catch (IOException e) {
            throw Main.exit("cannot start a process: " + e.getMessage());
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
