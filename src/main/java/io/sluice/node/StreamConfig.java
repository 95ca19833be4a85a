package io.sluice.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.log.History;
import io.sluice.sse.Replay;
import io.sluice.sse.SseOptions;
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.StreamOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a stream.
 *
 * @param options the addresses of its events, and how much of them is kept
 * @param sse how its events are served; the default lifetime of a node's subscriptions is 10 s
 * @param log the kind of log that has its order and history
 */
record StreamConfig(StreamOptions options, SseOptions sse, LogKind log) {

    private static final Duration DEFAULT_LIFETIME = Duration.ofSeconds(10);

    /** A stream with the default for each key. */
    static final StreamConfig DEFAULT = of(null, null, null, null, null, null, null, null);

    @JsonCreator
    static StreamConfig of(
            @JsonProperty("addresses") @Nullable List<String> addresses,
            @JsonProperty("lifetime") @Nullable Duration lifetime,
            @JsonProperty("heartbeat") @Nullable Duration heartbeat,
            @JsonProperty("retry") @Nullable Duration retry,
            @JsonProperty("replay") @Nullable Replay replay,
            @JsonProperty("slow") @Nullable Slow slow,
            @JsonProperty("history") @Nullable History history,
            @JsonProperty("log") @Nullable LogKind log) {
        StreamOptions options = StreamOptions.DEFAULT;
        SseOptions sse = SseOptions.DEFAULT;
        return new StreamConfig(
                new StreamOptions(
                        Objects.requireNonNullElse(addresses, options.addresses()),
                        Objects.requireNonNullElse(history, options.history()),
                        options.idempotency()),
                new SseOptions(
                        Objects.requireNonNullElse(lifetime, DEFAULT_LIFETIME),
                        Objects.requireNonNullElse(heartbeat, sse.heartbeat()),
                        Objects.requireNonNullElse(retry, sse.retry()),
                        Objects.requireNonNullElse(replay, sse.replay()),
                        Objects.requireNonNullElse(slow, sse.slow()),
                        sse.deadAfter(),
                        sse.maxTopics()),
                Objects.requireNonNullElse(log, LogKind.AUTO));
    }
}
