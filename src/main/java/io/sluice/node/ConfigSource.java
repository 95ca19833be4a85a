package io.sluice.node;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.Shareable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a launched node has its configuration from: a file, a JSON text, or what is built in; and the environment, which beats it. It is
 * read at the start, and once more at each reload. Any thread.
 */
final class ConfigSource implements Shareable {

    private static final String BUILT_IN = "conf/node.json";
    private static final String BUILT_IN_CLUSTER = "conf/cluster.json";

    private static final String KEY = "io.sluice.configuration";

    private final @Nullable String given;
    private final boolean isClustered;
    private final Environment environment;
    // The variable by the path of the key that it sets.
    private volatile Map<String, String> variables = Map.of();

    /**
     * @param given the value of {@code -conf}, or null
     * @param environment of the process
     */
    ConfigSource(@Nullable String given, boolean isClustered, Map<String, String> environment) {
        this.given = given;
        this.isClustered = isClustered;
        this.environment = new Environment(environment);
    }

    /** Lets the node of a launched Vert.x know it. */
    void tell(Vertx vertx) {
        vertx.sharedData().getLocalMap(KEY).put(KEY, this);
    }

    /** That of a launched Vert.x; empty in an application that has made its own. */
    static Optional<ConfigSource> of(Vertx vertx) {
        return Optional.ofNullable(
                vertx.sharedData().<String, ConfigSource>getLocalMap(KEY).get(KEY));
    }

    /**
     * The configuration as it is now, not yet checked.
     *
     * @throws ConfigException if there is none; {@link #line} says where
     */
    JsonObject read() {
        JsonObject json = given == null ? builtIn(isClustered) : ConfigReader.parse(text(given));
        variables = environment.apply(json);
        return json;
    }

    /** The line about a mistake: the variable that made it, or else the file, and its message. */
    String line(@Nullable String message) {
        String mistake = String.valueOf(message);
        if (mistake.startsWith("SLUICE_")) {
            return mistake;
        }
        return variables.entrySet().stream()
                        .filter(set -> isBelow(set.getKey(), mistake))
                        .reduce((shorter, longer) -> longer)
                        .map(Map.Entry::getValue)
                        .orElseGet(this::name)
                + ": "
                + mistake;
    }

    private static boolean isBelow(String path, String message) {
        return message.startsWith(path)
                && message.length() > path.length()
                && ":.[".indexOf(message.charAt(path.length())) >= 0;
    }

    /** The file; or what stands for it. */
    String name() {
        if (given == null) {
            return "the built-in configuration";
        }
        return isInline(given) ? "-conf" : given;
    }

    /** Whether an option's value is JSON itself, and not the name of a file. */
    static boolean isInline(String fileOrJson) {
        return fileOrJson.stripLeading().startsWith("{") && !new File(fileOrJson).exists();
    }

    /**
     * The JSON text of an option's value.
     *
     * @throws ConfigException if it names a file that cannot be read
     */
    static String text(String fileOrJson) {
        if (isInline(fileOrJson)) {
            return fileOrJson;
        }
        Path file = Path.of(fileOrJson);
        if (!Files.exists(file)) {
            throw new ConfigException("no such file");
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException("cannot be read as UTF-8 text: " + e);
        }
    }

    private static JsonObject builtIn(boolean isClustered) {
        String file = isClustered ? BUILT_IN_CLUSTER : BUILT_IN;
        try (InputStream in = ConfigSource.class.getResourceAsStream(file)) {
            return new JsonObject(new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("the jar lacks " + file, e);
        }
    }
}
