package io.sluice.node;

import io.sluice.sse.SseOptions;
import io.sluice.stream.StreamOptions;
import java.time.Duration;

/**
 * The configuration of a declared stream.
 *
 * @param options the addresses of its events, and how much of them is kept
 * @param sse how its events are served; the default lifetime of a node's subscriptions is 10 s
 * @param log the kind of log that has its order and history
 * @param presence whether the bus is told how many subscriptions it has; default no
 * @param read who may read it; default whoever has a token if there is {@code auth}, else anybody
 * @param publish who may publish to it over HTTP, and how much; default what the node's {@code publish} says
 */
record StreamConfig(
        StreamOptions options, SseOptions sse, LogKind log, boolean presence, Read read, PublishConfig publish) {

    static final Duration DEFAULT_LIFETIME = Duration.ofSeconds(10);

    /** A stream with the default for each key, of a node without {@code auth}. */
    static final StreamConfig DEFAULT = new StreamConfig(
            StreamOptions.DEFAULT,
            SseOptions.DEFAULT.withLifetime(DEFAULT_LIFETIME),
            LogKind.AUTO,
            false,
            Read.ANYONE,
            ConfigMapper.defaults(PublishConfig.class));
}
