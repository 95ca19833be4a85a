package io.sluice.sse;

import io.sluice.log.History;
import io.sluice.stream.StreamOptions;
import java.time.Duration;

/** A stream's options, and how it is served. */
record Settings(StreamOptions stream, SseOptions sse) {

    /** A stream whose subscriptions end after 10 s, as a node's do. */
    static final Settings DEFAULT =
            new Settings(StreamOptions.DEFAULT, SseOptions.DEFAULT.withLifetime(Duration.ofSeconds(10)));

    Settings withHistory(History history) {
        return new Settings(stream.withHistory(history), sse);
    }

    Settings withLifetime(Duration lifetime) {
        return new Settings(stream, sse.withLifetime(lifetime));
    }

    Settings withHeartbeat(Duration heartbeat) {
        return new Settings(stream, sse.withHeartbeat(heartbeat));
    }

    Settings withRetry(Duration retry) {
        return new Settings(stream, sse.withRetry(retry));
    }

    Settings withReplay(Replay replay) {
        return new Settings(stream, sse.withReplay(replay));
    }

    Settings withSlow(SseOptions.Slow slow) {
        return new Settings(stream, sse.withSlow(slow));
    }
}
