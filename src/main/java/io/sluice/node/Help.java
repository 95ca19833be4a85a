package io.sluice.node;

import io.sluice.cli.Console;
import io.sluice.cli.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What {@code --help} says: a text for all commands, and one for each. Each fits a screen of 24 lines and 80 columns. */
final class Help {

    /** The text for all commands. */
    static final String OVERVIEW = "sluice";

    /** In the order of the overview. */
    static final List<String> COMMANDS =
            List.of("run", "start", "list", "stop", "check", "tail", "publish", "info", "version", "help");

    /** Those that are meant most often. */
    private static final List<String> OPTIONS = List.of("-conf", "-cluster", "-instances", "--version", "--help");

    private Help() {}

    /** Whether the first argument is a command that runs no node in this process. */
    static boolean isNoNode(String argument) {
        return COMMANDS.contains(argument.replaceFirst("^--", "")) && !argument.equals("run");
    }

    static void print(String command) {
        PrintStream out = Console.system().out();
        out.print(text(command));
        out.flush();
    }

    static String text(String command) {
        try (InputStream in = Help.class.getResourceAsStream("help/" + command + ".txt")) {
            return new String(Objects.requireNonNull(in, command).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the jar lacks the help of " + command, e);
        }
    }

    /** The line about a word that is neither a command nor an option. */
    static String unknown(String word) {
        boolean isOption = word.startsWith("-");
        return "\"" + word + "\": no such " + (isOption ? "option" : "command")
                + Nearest.of(word, isOption ? OPTIONS : COMMANDS)
                        .map(nearest -> "; did you mean " + nearest + "?")
                        .orElse("; --help lists what there is");
    }
}
