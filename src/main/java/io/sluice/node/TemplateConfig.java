package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import io.sluice.log.InvalidOptionException;
import io.sluice.sse.SseOptions;
import io.sluice.stream.TemplateOptions;

/**
 * The configuration of a template: of all streams below its name.
 *
 * @param options the addresses of their events, how much of them is kept, and how streams come and go
 * @param sse how their events are served; the default lifetime is that of a declared stream
 * @param log the kind of log that has their order and history
 * @param shards the logs that they share in a cluster, 1 to 64; default 8
 * @param presence whether the bus is told how many subscriptions each has; default no
 * @param signals who may send signals; default whoever may publish
 * @param read who may read them; default whoever has a token if there is {@code auth}, else anybody
 * @param publish who may publish to them over HTTP, and how much; default what the node's {@code publish} says
 */
record TemplateConfig(
        TemplateOptions options,
        SseOptions sse,
        LogKind log,
        int shards,
        boolean presence,
        Senders signals,
        Read read,
        PublishConfig publish) {

    /** Who may send signals. */
    enum Senders {
        /** Whoever may publish. */
        PUBLISH,
        /** Anybody. */
        ANONYMOUS
    }

    static final int DEFAULT_SHARDS = 8;

    private static final int MAX_SHARDS = 64;

    /** @throws InvalidOptionException that names the option, the value and what is expected */
    TemplateConfig {
        require(shards >= 1 && shards <= MAX_SHARDS, "shards", shards, "a whole number from 1 to " + MAX_SHARDS);
    }
}
