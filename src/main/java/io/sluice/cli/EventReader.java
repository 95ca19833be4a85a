package io.sluice.cli;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream as the HTML standard says (WHATWG, 9.2.6). A position counts when its block is whole: what a broken connection
 * has cut is read again.
 */
final class EventReader implements Closeable {

    private static final int BUFFER = 16 << 10;
    private static final int MAX_DIGITS = 9;

    private final BufferedReader lines;
    private String lastId;
    private Optional<Duration> retry = Optional.empty();
    private boolean isFirst = true;

    /** @param lastId the position so far */
    EventReader(InputStream in, String lastId) {
        this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), BUFFER);
        this.lastId = lastId;
    }

    /** The next event; null at the end of the response. Positions without an event are passed over. */
    @Nullable
    Message next() throws IOException {
        String id = lastId;
        String type = "";
        @Nullable StringBuilder data = null;
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                lastId = id;
                if (data != null) {
                    return new Message(id, type, data.toString());
                }
                type = "";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(line.startsWith(": ", colon) ? colon + 2 : colon + 1);
            switch (field) {
                case "data" ->
                    data = data == null
                            ? new StringBuilder(value)
                            : data.append('\n').append(value);
                case "event" -> type = value.equals("message") ? "" : value;
                case "id" -> id = value.indexOf('\0') < 0 ? value : id;
                case "retry" -> readRetry(value);
                default -> {
                    // A comment, or a field of a later time.
                }
            }
        }
        return null;
    }

    private @Nullable String line() throws IOException {
        @Nullable String line = lines.readLine();
        if (isFirst && line != null) {
            isFirst = false;
            return line.startsWith("\uFEFF") ? line.substring(1) : line;
        }
        return line;
    }

    private void readRetry(String value) {
        if (value.matches("\\d{1," + MAX_DIGITS + "}")) {
            retry = Optional.of(Duration.ofMillis(Long.parseLong(value)));
        }
    }

    /** The position: what is asked for next follows it. */
    String lastId() {
        return lastId;
    }

    /** The time that the server asks to wait before the next request, if it has said so. */
    Optional<Duration> retry() {
        return retry;
    }

    /** Whether the next line would have to be waited for. */
    boolean isDry() throws IOException {
        return !lines.ready();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
