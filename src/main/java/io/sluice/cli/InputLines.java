package io.sluice.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The lines of an input, read ahead by a thread of their own, so that those that are there already go together. */
final class InputLines {

    private static final int AHEAD = 2000;
    private static final int MAX_LINES = 1000;
    private static final int MAX_CHARACTERS = 1 << 20;

    private final BlockingQueue<Line> queue = new LinkedBlockingQueue<>(AHEAD);
    private @Nullable Line next;

    /**
     * @param number in the input, from 1
     * @param text without its end
     * @param end what the input ends with, in place of a line: null, or why it cannot be read
     */
    private record Line(
            long number, @Nullable String text, @Nullable IOException end) {}

    /** A line that is an event: not blank. */
    record InputLine(long number, String text) {}

    InputLines(InputStream in) {
        Thread reading = new Thread(() -> read(in), "input");
        reading.setDaemon(true);
        reading.start();
    }

    private void read(InputStream in) {
        long number = 0;
        try {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (!line.isBlank()) {
                        queue.put(new Line(number, line, null));
                    }
                }
                queue.put(new Line(number, null, null));
            } catch (IOException e) {
                queue.put(new Line(number + 1, null, e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits for the next line, and takes those that are there already along, if they and it may go together.
     *
     * @return empty at the end
     * @throws CommandException if the input cannot be read
     */
    List<InputLine> next(Predicate<String> mayGoTogether) throws InterruptedException, CommandException {
        List<InputLine> lines = new ArrayList<>();
        int characters = 0;
        boolean goesOn = true;
        for (Line line = peek(); goesOn && line != null && line.text() != null; line = next) {
            String text = line.text();
            boolean together = mayGoTogether.test(text);
            if (!lines.isEmpty() && (!together || characters + text.length() > MAX_CHARACTERS)) {
                break;
            }
            lines.add(new InputLine(line.number(), text));
            characters += text.length();
            goesOn = together && lines.size() < MAX_LINES;
            next = queue.poll();
        }
        if (lines.isEmpty()) {
            requireEnd(peek());
        }
        return lines;
    }

    private Line peek() throws InterruptedException {
        Line line = next == null ? queue.take() : next;
        next = line;
        return line;
    }

    private static void requireEnd(Line last) throws CommandException {
        IOException failure = last.end();
        if (failure instanceof CharacterCodingException) {
            throw new CommandException("line " + last.number() + " or the next: expected UTF-8");
        } else if (failure != null) {
            throw new CommandException("line " + last.number() + ": cannot be read: " + failure.getMessage());
        }
    }
}
