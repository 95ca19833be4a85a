package io.sluice.webroot;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a GET or HEAD, in their order of precedence (RFC 9110 13.2.2). A date that is none is ignored.
 *
 * @param etag the file's strong validator
 * @param modified when the file was last modified, in whole seconds, or null if that is not known
 */
record Preconditions(
        MultiMap request, String etag, @Nullable Instant modified) {

    private static final Pattern ENTITY_TAG = Pattern.compile("(?:W/)?\"[^\"]*\"");

    /** A file that has just been modified may be modified once more within the same second (RFC 9110 8.8.2.2). */
    private static final Duration STRONG_AFTER = Duration.ofSeconds(1);

    enum Outcome {
        PROCEED,
        NOT_MODIFIED,
        FAILED
    }

    static Preconditions of(MultiMap request, StaticFile file) {
        return new Preconditions(
                request,
                file.etag(),
                file.modified()
                        .map(time -> time.truncatedTo(ChronoUnit.SECONDS))
                        .orElse(null));
    }

    Outcome evaluate() {
        if (request.contains(HttpHeaderNames.IF_MATCH)
                ? !anyTag(HttpHeaderNames.IF_MATCH, etag::equals)
                : date(HttpHeaderNames.IF_UNMODIFIED_SINCE)
                        .filter(this::isModifiedSince)
                        .isPresent()) {
            return Outcome.FAILED;
        }
        boolean notModified = request.contains(HttpHeaderNames.IF_NONE_MATCH)
                ? anyTag(HttpHeaderNames.IF_NONE_MATCH, tag -> etag.equals(strong(tag)))
                : date(HttpHeaderNames.IF_MODIFIED_SINCE)
                        .filter(since -> !isModifiedSince(since))
                        .isPresent();
        return notModified ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }

    /**
     * Whether the range of the request may be served: its {@code If-Range} is the file's strong validator, or there is none.
     */
    boolean allowRange(Instant now) {
        @Nullable String validator = request.get(HttpHeaderNames.IF_RANGE);
        if (validator == null || validator.strip().equals(etag)) {
            return true;
        }
        return modified != null
                && !ENTITY_TAG.matcher(validator.strip()).matches()
                && date(HttpHeaderNames.IF_RANGE).filter(modified::equals).isPresent()
                && modified.isBefore(now.minus(STRONG_AFTER));
    }

    private boolean isModifiedSince(Instant date) {
        return modified != null && modified.isAfter(date);
    }

    private boolean anyTag(CharSequence field, Predicate<String> matches) {
        String tags = String.join(",", request.getAll(field));
        return tags.strip().equals("*")
                || ENTITY_TAG.matcher(tags).results().anyMatch(tag -> matches.test(tag.group()));
    }

    private static String strong(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    private Optional<Instant> date(CharSequence field) {
        List<String> given = request.getAll(field);
        return modified == null || given.size() != 1
                ? Optional.empty()
                : Optional.ofNullable(DateFormatter.parseHttpDate(given.get(0))).map(Date::toInstant);
    }
}
