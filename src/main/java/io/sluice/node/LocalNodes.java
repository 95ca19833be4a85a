package io.sluice.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The nodes that run on this machine, however they were started, as far as the system tells this user of them. */
final class LocalNodes {

    private static final String ID = "-Dvertx.id=";

    /**
     * A node.
     *
     * @param id that {@code start} gave it; its process id if it was started otherwise
     * @param arguments behind the program's name
     */
    record LocalNode(String id, ProcessHandle process, List<String> arguments) {

        /** The file of its configuration. */
        Optional<String> configuration() {
            int conf = Math.max(arguments.indexOf("-conf"), arguments.indexOf("--conf"));
            return conf >= 0 && conf + 1 < arguments.size()
                    ? Optional.of(arguments.get(conf + 1)).map(file -> ConfigSource.isInline(file) ? "{...}" : file)
                    : Optional.empty();
        }
    }

    private LocalNodes() {}

    /** All of them, the oldest first. */
    static List<LocalNode> all() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .flatMap(process -> node(process).stream())
                .sorted(Comparator.comparing(node -> node.process().pid()))
                .toList();
    }

    private static Optional<LocalNode> node(ProcessHandle process) {
        List<String> command = command(process);
        int program = program(command);
        if (program < 0) {
            return Optional.empty();
        }
        List<String> arguments = command.subList(program + 1, command.size());
        if (!arguments.isEmpty() && Help.isNoNode(arguments.get(0))) {
            return Optional.empty();
        }
        String id = arguments.stream()
                .filter(argument -> argument.startsWith(ID))
                .map(argument -> argument.substring(ID.length()))
                .findFirst()
                .orElseGet(() -> String.valueOf(process.pid()));
        return Optional.of(new LocalNode(id, process, List.copyOf(arguments)));
    }

    /** The command line. On Linux the JDK leaves it out where it is long. */
    private static List<String> command(ProcessHandle process) {
        Path file = Path.of("/proc/" + process.pid() + "/cmdline");
        try {
            if (Files.exists(file)) {
                return Arrays.asList(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0", -1));
            }
        } catch (IOException e) {
            // It has just ended, or is another user's.
            return List.of();
        }
        return process.info().arguments().map(Arrays::asList).orElse(List.of());
    }

    /** Where the name of this program is in a command line: its main class, or its jar behind {@code -jar}. */
    private static int program(List<String> command) {
        int mainClass = command.indexOf(Main.class.getName());
        if (mainClass >= 0) {
            return mainClass;
        }
        int jar = command.indexOf("-jar") + 1;
        return jar > 0 && jar < command.size() && isOurs(command.get(jar)) ? jar : -1;
    }

    /** By its name, which an administrator may have changed for this program too. */
    private static boolean isOurs(String jar) {
        String name = String.valueOf(Path.of(jar).getFileName());
        String own =
                String.valueOf(Path.of(System.getProperty("java.class.path")).getFileName());
        return name.equals(own) || name.matches("sluice(-polyglot)?(-[0-9.]+)?\\.jar");
    }
}
