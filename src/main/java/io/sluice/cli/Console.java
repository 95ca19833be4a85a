package io.sluice.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The streams of a command.
 *
 * @param in what is published
 * @param out the output, in UTF-8 whatever the machine's encoding is; whoever writes flushes it
 * @param err what is said beside it
 * @param isTerminal whether somebody sees the output
 * @param tellsProgress whether somebody sees {@code err}
 */
public record Console(InputStream in, PrintStream out, PrintStream err, boolean isTerminal, boolean tellsProgress) {

    private static final int BUFFER = 64 << 10;

    /** The streams of this process. */
    public static Console system() {
        boolean outIsSeen = isTerminal(1);
        boolean errIsSeen = isTerminal(2);
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        return new Console(System.in, out, err, outIsSeen, errIsSeen);
    }

    /** On Linux the system tells of each stream; elsewhere a console has both sides or none. */
    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        try {
            return Files.isSymbolicLink(link)
                    ? Files.readSymbolicLink(link).toString().matches("/dev/(pts/|tty|console).*")
                    : hasConsole();
        } catch (IOException e) {
            return false;
        }
    }

    // JDK 22 and newer have a console in a pipe as well, and a method that tells it from a terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasConsole() {
        java.io.Console console = System.console();
        try {
            return console != null
                    && Boolean.TRUE.equals(
                            java.io.Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Prints the one line of a failure. */
    public void fail(String line) {
        out.flush();
        err.println("sluice: " + line);
    }
}
