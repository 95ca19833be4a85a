package io.sluice.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The output of this process while it is open: the lines of its loggers from WARN up. */
public final class CapturedOutput implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final PrintStream before = System.out;
    private final Memory printed = new Memory();

    public CapturedOutput() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    public String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** Waits until a part of it matches, if none did yet. */
    public Matcher await(String pattern) throws InterruptedException {
        Pattern part = Pattern.compile(pattern);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (printed) {
            for (Matcher matcher = part.matcher(text()); ; matcher = part.matcher(text())) {
                if (matcher.find()) {
                    return matcher;
                }
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    throw new AssertionError("the log does not say " + pattern + ", but " + text());
                }
                printed.wait(millis);
            }
        }
    }

    /** Forgets what was expected. */
    public void clear() {
        printed.reset();
    }

    @Override
    public void close() {
        System.setOut(before);
        before.print(text());
    }

    private static final class Memory extends ByteArrayOutputStream {

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            notifyAll();
        }
    }
}
