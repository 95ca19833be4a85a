package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.log.ByteSize;
import io.sluice.log.RecentKeys;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Publishing over HTTP: what the node says for all streams, or what holds for one of them, with what its own keys say.
 *
 * @param enabled whether POST to a stream publishes; default false
 * @param anonymous whether anybody may publish; without {@code auth} it must be true if {@code enabled} is; default false
 * @param maxEvent the size of the largest event, up to 16 MB; default 256 kB
 * @param maxBody the size of the largest request, up to 16 MB; default 8 MB
 * @param maxPending the size of all bodies of the node together that are in memory, {@code maxBody} or more; default 64 MB
 * @param maxRate the events a second that a stream takes at this node from all clients together, and as many at once; 0 for no limit;
 *     default 0. The streams of a template share it
 * @param idempotency the time for which an idempotency key is remembered, up to 1 day, 0 for none; default 5 minutes
 */
record PublishConfig(
        Boolean enabled,
        Boolean anonymous,
        ByteSize maxEvent,
        ByteSize maxBody,
        ByteSize maxPending,
        Integer maxRate,
        Duration idempotency) {

    /** The limit of one batch in a log's append queue. */
    private static final ByteSize MAX = ByteSize.ofMegabytes(16);

    private static final int MAX_RATE = 1_000_000;

    private static final Duration MAX_IDEMPOTENCY = Duration.ofDays(1);

    PublishConfig {
        requireSize("maxEvent", maxEvent);
        requireSize("maxBody", maxBody);
        require(
                maxPending.bytes() >= maxBody.bytes(),
                "maxPending",
                '"' + maxPending.toString() + '"',
                "publish.maxBody, which is " + maxBody + ", or more");
        require(
                maxRate >= 0 && maxRate <= MAX_RATE,
                "maxRate",
                maxRate,
                "a whole number of events a second from 0 (no limit) to " + MAX_RATE);
        require(idempotency.compareTo(MAX_IDEMPOTENCY) <= 0, "idempotency", idempotency, "0 to 1 day");
    }

    @JsonCreator
    static PublishConfig of(
            @JsonProperty("enabled") @Nullable Boolean enabled,
            @JsonProperty("anonymous") @Nullable Boolean anonymous,
            @JsonProperty("maxEvent") @Nullable ByteSize maxEvent,
            @JsonProperty("maxBody") @Nullable ByteSize maxBody,
            @JsonProperty("maxPending") @Nullable ByteSize maxPending,
            @JsonProperty("maxRate") @Nullable Integer maxRate,
            @JsonProperty("idempotency") @Nullable Duration idempotency) {
        return new PublishConfig(
                Objects.requireNonNullElse(enabled, false),
                Objects.requireNonNullElse(anonymous, false),
                Objects.requireNonNullElse(maxEvent, new ByteSize(256 << 10)),
                Objects.requireNonNullElse(maxBody, ByteSize.ofMegabytes(8)),
                Objects.requireNonNullElse(maxPending, ByteSize.ofMegabytes(64)),
                Objects.requireNonNullElse(maxRate, 0),
                Objects.requireNonNullElse(idempotency, RecentKeys.DEFAULT_AGE));
    }

    private static void requireSize(String option, ByteSize size) {
        require(size.bytes() >= 1 && size.bytes() <= MAX.bytes(), option, size, "1B to 16MB");
    }

    /** Who may publish how much, for the start line: {@code anybody may publish 10 events of up to 1kB a second}. */
    String describe() {
        return (anonymous ? "anybody" : "whoever has the right") + " may publish "
                + (maxRate == 0
                        ? "events of up to " + maxEvent
                        : maxRate + " events of up to " + maxEvent + " a second");
    }

    /**
     * What is written below {@code publish} of a stream: it turns publishing on, and what it does not say is the node's.
     *
     * @param anonymous as above
     * @param maxEvent as above
     * @param maxBody as above
     * @param maxRate as above
     */
    record Keys(
            @Nullable Boolean anonymous,
            @Nullable ByteSize maxEvent,
            @Nullable ByteSize maxBody,
            @Nullable Integer maxRate) {

        /** What holds for the stream of a node. */
        PublishConfig over(PublishConfig node) {
            ByteSize body = Objects.requireNonNullElse(maxBody, node.maxBody);
            require(
                    body.bytes() <= node.maxPending.bytes(),
                    "maxBody",
                    '"' + body.toString() + '"',
                    "publish.maxPending of the node, which is " + node.maxPending + ", or less");
            return new PublishConfig(
                    true,
                    Objects.requireNonNullElse(anonymous, node.anonymous),
                    Objects.requireNonNullElse(maxEvent, node.maxEvent),
                    body,
                    node.maxPending,
                    Objects.requireNonNullElse(maxRate, node.maxRate),
                    node.idempotency);
        }
    }
}
