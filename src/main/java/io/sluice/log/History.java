package io.sluice.log;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much of a stream is kept for subscribers that come later or fall behind. An event is kept as long as all three bounds
 * allow. The newest of each topic can be kept beyond them.
 *
 * @param events the most events, 1 to 1,000,000; default 10,000
 * @param age the age at which an event is dropped, more than 0, checked each second; default 1 hour
 * @param bytes the most bytes of encoded events; the newest event is kept whatever its size; default 64 MB
 * @param latest of how many topics the newest event is kept beyond the three bounds, 0 to 1,000,000: past that, the topics that were
 *     silent longest go; default 0
 */
public record History(Integer events, Duration age, ByteSize bytes, Integer latest) {

    private static final int MAX_EVENTS = 1_000_000;
    private static final int MEMORY_SHARE = 4;

    /** The default of each bound. */
    public static final History DEFAULT = of(null, null, null, null);

    public History {
        require(events >= 1 && events <= MAX_EVENTS, "events", events, "a whole number from 1 to 1000000");
        require(!age.isZero() && !age.isNegative(), "age", age, "more than 0");
        require(bytes.bytes() > 0, "bytes", bytes, "more than 0");
        require(latest >= 0 && latest <= MAX_EVENTS, "latest", latest, "a whole number from 0 to 1000000");
    }

    /** A history that keeps nothing beyond its bounds. */
    public History(Integer events, Duration age, ByteSize bytes) {
        this(events, age, bytes, 0);
    }

    /** A history with the default for each bound that is null, and nothing beyond them. */
    public static History of(@Nullable Integer events, @Nullable Duration age, @Nullable ByteSize bytes) {
        return of(events, age, bytes, null);
    }

    /** A history with the default for each value that is null. */
    @JsonCreator
    public static History of(
            @JsonProperty("events") @Nullable Integer events,
            @JsonProperty("age") @Nullable Duration age,
            @JsonProperty("bytes") @Nullable ByteSize bytes,
            @JsonProperty("latest") @Nullable Integer latest) {
        return new History(
                Objects.requireNonNullElse(events, 10_000),
                Objects.requireNonNullElse(age, Duration.ofHours(1)),
                Objects.requireNonNullElse(bytes, ByteSize.ofMegabytes(64)),
                Objects.requireNonNullElse(latest, 0));
    }

    /** This history, with no more bytes than a quarter of a memory of so many bytes: the rest is for everything else. */
    public History within(long memory) {
        return bytes.bytes() <= memory / MEMORY_SHARE
                ? this
                : new History(events, age, new ByteSize(Math.max(1, memory / MEMORY_SHARE)), latest);
    }

    /** Whether the oldest of {@code count} kept events, of {@code size} bytes together, must be dropped. */
    boolean isOver(long count, long size, Instant oldest, Instant now) {
        return count > events || (count > 1 && size > bytes.bytes()) || oldest.isBefore(now.minus(age));
    }
}
