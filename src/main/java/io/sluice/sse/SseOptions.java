package io.sluice.sse;

import static io.sluice.log.InvalidOptionException.require;

import io.sluice.log.InvalidOptionException;
import java.time.Duration;

/**
 * How a stream is served as Server-Sent Events. Start from {@link #DEFAULT}.
 *
 * @param lifetime how long one subscription lasts, 0 for no end; default no end
 * @param heartbeat the silence after which a subscription gets a comment line, 0 for never; default 15 s
 * @param retry how long clients are asked to wait before they reconnect, each up to half as much again; default 2 s
 * @param replay the kept events that a subscriber without an id gets first; default the last one
 * @param slow what a connected client gets that fell out of the journal; default a gap
 * @param deadAfter how long a socket may take nothing while something waits for it, 1 ms and up; default 1 minute
 * @param frame how an event becomes a block, if the client asks for nothing else; default plain
 * @param maxTopics the topic filters of one request, at most, 1 or more; default {@value #MAX_TOPICS}
 */
public record SseOptions(
        Duration lifetime,
        Duration heartbeat,
        Duration retry,
        Replay replay,
        Slow slow,
        Framing frame,
        Duration deadAfter,
        int maxTopics) {

    /** The policy for a connected client that fell out of the journal. */
    public enum Slow {
        /** The client is told how much it lost, and continues at the oldest kept event. */
        GAP,
        /** The client is told how much it lost, and continues with the newest kept event of each topic. */
        LATEST,
        /** The subscription ends, reason {@code slow}; when the client comes back it is told how much it lost. */
        CLOSE
    }

    private static final int MAX_TOPICS = 32;
    private static final Duration MAX = Duration.ofDays(365);

    /** Subscriptions that last until the client leaves, and the default of everything else. */
    public static final SseOptions DEFAULT = new SseOptions(
            Duration.ZERO,
            Duration.ofSeconds(15),
            Duration.ofSeconds(2),
            Replay.LAST,
            Slow.GAP,
            Framing.PLAIN,
            Duration.ofMinutes(1),
            MAX_TOPICS);

    /** @throws InvalidOptionException that names the option, the value and what is expected */
    public SseOptions {
        requireUpToAYear("lifetime", lifetime);
        requireUpToAYear("heartbeat", heartbeat);
        requireUpToAYear("retry", retry);
        require(deadAfter.toMillis() >= 1, "deadAfter", deadAfter, "1 ms or more");
        require(maxTopics >= 1, "maxTopics", maxTopics, "1 or more");
    }

    public SseOptions withLifetime(Duration duration) {
        return new SseOptions(duration, heartbeat, retry, replay, slow, frame, deadAfter, maxTopics);
    }

    public SseOptions withHeartbeat(Duration silence) {
        return new SseOptions(lifetime, silence, retry, replay, slow, frame, deadAfter, maxTopics);
    }

    public SseOptions withRetry(Duration wait) {
        return new SseOptions(lifetime, heartbeat, wait, replay, slow, frame, deadAfter, maxTopics);
    }

    public SseOptions withReplay(Replay first) {
        return new SseOptions(lifetime, heartbeat, retry, first, slow, frame, deadAfter, maxTopics);
    }

    public SseOptions withSlow(Slow policy) {
        return new SseOptions(lifetime, heartbeat, retry, replay, policy, frame, deadAfter, maxTopics);
    }

    public SseOptions withFrame(Framing framing) {
        return new SseOptions(lifetime, heartbeat, retry, replay, slow, framing, deadAfter, maxTopics);
    }

    public SseOptions withDeadAfter(Duration silence) {
        return new SseOptions(lifetime, heartbeat, retry, replay, slow, frame, silence, maxTopics);
    }

    public SseOptions withMaxTopics(int most) {
        return new SseOptions(lifetime, heartbeat, retry, replay, slow, frame, deadAfter, most);
    }

    private static void requireUpToAYear(String option, Duration duration) {
        boolean wholeMillis = duration.isZero() || duration.toMillis() >= 1;
        require(wholeMillis && duration.compareTo(MAX) <= 0, option, duration, "0, or 1 ms to 365 days");
    }
}
