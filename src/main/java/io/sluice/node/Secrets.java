package io.sluice.node;

import io.sluice.auth.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reads a secret or a key of a configuration: the text itself, {@code env:NAME} or {@code file:PATH}. */
final class Secrets {

    private static final String ENVIRONMENT = "env:";
    private static final String FILE = "file:";

    private Secrets() {}

    /** @throws IllegalArgumentException that names the variable or file and what is expected, and shows no secret */
    static Secret parse(String text, Map<String, String> environment) {
        if (text.startsWith(ENVIRONMENT)) {
            String value = environment.get(text.substring(ENVIRONMENT.length()));
            if (value == null) {
                throw new IllegalArgumentException("an environment variable that is set");
            }
            return new Secret(value);
        }
        if (text.startsWith(FILE)) {
            try {
                return new Secret(
                        Files.readString(Path.of(text.substring(FILE.length()))).stripTrailing());
            } catch (IOException e) {
                throw new IllegalArgumentException("a file that can be read", e);
            }
        }
        return new Secret(text);
    }
}
