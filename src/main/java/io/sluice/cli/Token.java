package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;

/** A bearer token: the text itself, {@code env:NAME} or {@code file:PATH}, which others who list processes do not see. */
record Token(String source) {

    /** @throws UsageException if it is not there; the message does not show it */
    String read() {
        String token = text().strip();
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new UsageException("--token: expected a token of visible ASCII, env:NAME or file:PATH");
        }
        return token;
    }

    private String text() {
        if (source.startsWith("env:")) {
            return Objects.requireNonNullElse(System.getenv(source.substring("env:".length())), "");
        }
        if (!source.startsWith("file:")) {
            return source;
        }
        try {
            return Files.readString(Path.of(source.substring("file:".length())));
        } catch (IOException | InvalidPathException e) {
            throw new UsageException("--token " + source + ": expected a file that can be read");
        }
    }

    @Override
    public String toString() {
        return "Token";
    }
}
