package io.sluice.stream;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.NewEvent;
import io.sluice.log.TopicRules;
import io.sluice.sse.Replay;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a stream behaves. Start from {@link #DEFAULT}, or from {@link #of} with a null for each default.
 *
 * @param addresses the bus addresses whose messages it takes; default none
 * @param lifetime how long one subscription lasts, 0 for ever; default 10 s
 * @param heartbeat the silence after which a subscription gets a comment line, 0 for never; default 15 s
 * @param retry how long clients are asked to wait before they come back, each up to half as much again; default 2 s
 * @param replay what a subscriber without an id gets first; default the last event
 * @param slow what a connected client gets that fell out of the journal; default a gap
 * @param history how much is kept
 * @param log where order and history live
 */
public record StreamOptions(
        List<String> addresses,
        Duration lifetime,
        Duration heartbeat,
        Duration retry,
        Replay replay,
        Slow slow,
        History history,
        LogKind log) {

    /** What a connected client gets that fell out of the journal. */
    public enum Slow {
        /** It is told how much it lost, and goes on from the oldest kept event. */
        GAP,
        /** It is told how much it lost, and goes on from the newest kept event of each topic. */
        LATEST,
        /** Its subscription ends, reason {@code slow}; when it comes back it is told how much it lost. */
        CLOSE
    }

    /** Where a stream's order and history live. */
    public enum LogKind {
        /** The best that the node has. */
        AUTO,
        /** This process. */
        MEMORY,
        /** The cluster that the node is in. */
        HAZELCAST,
        /** A Redis, which outlives the nodes. */
        REDIS
    }

    private static final Duration MAX = Duration.ofDays(365); // before DEFAULT, which is checked against it

    /** What holds where nothing is said. */
    public static final StreamOptions DEFAULT = of(null, null, null, null, null, null, null, null);

    /** @throws InvalidOptionException that names the option, the value and what is expected */
    public StreamOptions {
        addresses = List.copyOf(addresses);
        for (int i = 0; i < addresses.size(); i++) {
            requireAddress("addresses[" + i + "]", addresses.get(i));
            require(
                    addresses.indexOf(addresses.get(i)) == i,
                    "addresses[" + i + "]",
                    quoted(addresses.get(i)),
                    "each once");
        }
        requireUpToAYear("lifetime", lifetime);
        requireUpToAYear("heartbeat", heartbeat);
        requireUpToAYear("retry", retry);
    }

    /** Options with the default for each one that is null. */
    @JsonCreator
    public static StreamOptions of(
            @JsonProperty("addresses") @Nullable List<String> addresses,
            @JsonProperty("lifetime") @Nullable Duration lifetime,
            @JsonProperty("heartbeat") @Nullable Duration heartbeat,
            @JsonProperty("retry") @Nullable Duration retry,
            @JsonProperty("replay") @Nullable Replay replay,
            @JsonProperty("slow") @Nullable Slow slow,
            @JsonProperty("history") @Nullable History history,
            @JsonProperty("log") @Nullable LogKind log) {
        return new StreamOptions(
                Objects.requireNonNullElse(addresses, List.of()),
                Objects.requireNonNullElse(lifetime, Duration.ofSeconds(10)),
                Objects.requireNonNullElse(heartbeat, Duration.ofSeconds(15)),
                Objects.requireNonNullElse(retry, Duration.ofSeconds(2)),
                Objects.requireNonNullElse(replay, Replay.LAST),
                Objects.requireNonNullElse(slow, Slow.GAP),
                Objects.requireNonNullElse(history, History.DEFAULT),
                Objects.requireNonNullElse(log, LogKind.AUTO));
    }

    public StreamOptions withAddresses(String... taken) {
        return new StreamOptions(List.of(taken), lifetime, heartbeat, retry, replay, slow, history, log);
    }

    public StreamOptions withLifetime(Duration duration) {
        return new StreamOptions(addresses, duration, heartbeat, retry, replay, slow, history, log);
    }

    public StreamOptions withHeartbeat(Duration silence) {
        return new StreamOptions(addresses, lifetime, silence, retry, replay, slow, history, log);
    }

    public StreamOptions withRetry(Duration wait) {
        return new StreamOptions(addresses, lifetime, heartbeat, wait, replay, slow, history, log);
    }

    public StreamOptions withReplay(Replay first) {
        return new StreamOptions(addresses, lifetime, heartbeat, retry, first, slow, history, log);
    }

    public StreamOptions withHistory(History kept) {
        return new StreamOptions(addresses, lifetime, heartbeat, retry, replay, slow, kept, log);
    }

    private static void requireAddress(String option, String address) {
        try {
            new NewEvent(address, null, "");
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException(
                    option,
                    quoted(address),
                    "a bus address of 1 to 255 characters, without control characters, * and >, since it is the topic of what comes from it");
        }
    }

    private static String quoted(String address) {
        return '"' + TopicRules.visible(address) + '"';
    }

    private static void requireUpToAYear(String option, Duration duration) {
        boolean wholeMillis = duration.isZero() || duration.toMillis() >= 1;
        require(wholeMillis && duration.compareTo(MAX) <= 0, option, duration, "0, or 1 ms to 365 days");
    }
}
