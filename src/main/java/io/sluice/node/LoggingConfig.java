package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the node's own logging writes. Of no effect where {@code -Dlogback.configurationFile} names a file.
 *
 * @param format how a line is written; default {@code text}
 * @param levels from which level on a logger, and each below it, writes: {@code root}, or as {@code io.sluice.sse}; default none other
 *     than those of the node
 */
record LoggingConfig(Format format, Map<String, Level> levels) {

    enum Format {
        /** A line that a person reads. */
        TEXT,
        /** A JSON object on each line. */
        JSON
    }

    /** The levels, from none to all. */
    enum Level {
        OFF,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    static final LoggingConfig DEFAULT = new LoggingConfig(Format.TEXT, Map.of());

    LoggingConfig {
        levels = Collections.unmodifiableMap(new LinkedHashMap<>(levels));
        levels.keySet().forEach(logger -> require(isLogger(logger), "levels", '"' + logger + '"', LOGGER));
    }

    /** What the name of a logger has to be, for messages. */
    static final String LOGGER = "the name of a logger, such as \"io.sluice.sse\" or \"root\"";

    /** Whether a text may be the name of a logger. */
    static boolean isLogger(String text) {
        return text.matches("[A-Za-z_$][\\w$-]*(\\.[\\w$-]+)*") && text.length() <= 200;
    }

    @JsonCreator
    static LoggingConfig of(
            @JsonProperty("format") @Nullable Format format,
            @JsonProperty("levels") @Nullable Map<String, Level> levels) {
        return new LoggingConfig(
                Objects.requireNonNullElse(format, Format.TEXT), Objects.requireNonNullElse(levels, Map.of()));
    }
}
