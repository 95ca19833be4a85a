package io.sluice.node;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What this process prints while it is open: all that its loggers say from WARN up. */
final class PrintedLog implements AutoCloseable {

    private final PrintStream before = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    PrintedLog() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** Forgets what was expected. */
    void clear() {
        printed.reset();
    }

    @Override
    public void close() {
        System.setOut(before);
        before.print(text());
    }
}
