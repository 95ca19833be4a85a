package io.sluice.node;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.handler.HttpException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a body is, by its {@code Content-Type}. Each is text in UTF-8. */
enum BodyType {
    /** One JSON value. */
    JSON("application/json"),
    /** A JSON value a line. */
    LINES("application/x-ndjson"),
    /** Any text. */
    TEXT("text/plain");

    /** All that there are. */
    static final Set<BodyType> ANY = Set.copyOf(EnumSet.allOf(BodyType.class));

    private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset=\"?([^\";\\s]*)");

    private final String mediaType;

    BodyType(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** The type of a request's body, empty if it is none of some, or not in UTF-8. */
    static Optional<BodyType> of(HttpServerRequest request, Set<BodyType> some) {
        String given = HeaderField.single(request, "Content-Type");
        String named =
                given == null ? "" : given.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
        return some.stream()
                .filter(type -> isUtf8(given) && isPlain(request) && type.mediaType.equals(named))
                .findFirst();
    }

    /** The answer to a request whose body is none of some. */
    static HttpException refusal(HttpServerRequest request, Set<BodyType> some) {
        String given = HeaderField.single(request, "Content-Type");
        if (!isUtf8(given) || !isPlain(request)) {
            return new HttpException(415, "expected a body in UTF-8, and no Content-Encoding");
        }
        String found = given == null ? "no Content-Type" : "Content-Type " + given;
        List<String> names = some.stream().sorted().map(BodyType::mediaType).toList();
        String last = names.get(names.size() - 1);
        String others = names.stream().limit(names.size() - 1L).collect(Collectors.joining(", "));
        return new HttpException(415, found + ": expected " + (others.isEmpty() ? "" : others + " or ") + last);
    }

    private static boolean isUtf8(@Nullable String contentType) {
        return contentType == null
                || CHARSET.matcher(contentType).results().allMatch(charset -> charset.group(1)
                        .matches("(?i)utf-?8|us-ascii"));
    }

    private static boolean isPlain(HttpServerRequest request) {
        return String.join(",", request.headers().getAll("Content-Encoding")).matches("(?i)(identity|[,\\s])*");
    }
}
