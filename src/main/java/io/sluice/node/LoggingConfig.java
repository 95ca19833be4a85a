package io.sluice.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the node's own logging writes. Of no effect where {@code -Dlogback.configurationFile} names a file.
 *
 * @param format how a line is written; default {@code text}
 */
record LoggingConfig(Format format) {

    enum Format {
        /** A line that a person reads. */
        TEXT,
        /** A JSON object on each line. */
        JSON
    }

    static final LoggingConfig DEFAULT = new LoggingConfig(Format.TEXT);

    @JsonCreator
    static LoggingConfig of(@JsonProperty("format") @Nullable Format format) {
        return new LoggingConfig(Objects.requireNonNullElse(format, Format.TEXT));
    }
}
