package io.sluice.webroot;

import io.vertx.core.http.MimeMapping;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The media types of files, by their extension. */
final class MediaTypes {

    private static final String UNKNOWN = "application/octet-stream";

    /** What Vert.x does not know. */
    private static final Map<String, String> MORE = Map.of(
            "avif", "image/avif",
            "map", "application/json",
            "md", "text/markdown",
            "vtt", "text/vtt",
            "webmanifest", "application/manifest+json");

    private MediaTypes() {}

    /** Text is UTF-8, whatever the encoding of this machine is. */
    static String of(String name) {
        int dot = name.lastIndexOf('.');
        String extension = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
        @Nullable String known = MimeMapping.mimeTypeForExtension(extension);
        String type = known == null ? Objects.requireNonNullElse(MORE.get(extension), UNKNOWN) : known;
        return type.startsWith("text/") ? type + ";charset=UTF-8" : type;
    }
}
