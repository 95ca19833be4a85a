package io.sluice.node;

import static java.util.Objects.requireNonNullElse;

import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.sse.Framing;
import io.sluice.sse.Replay;
import io.sluice.sse.SseOptions;
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.TemplateOptions;
import io.sluice.stream.TemplateOptions.Create;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is written below a name in {@code streams}, null if it is not: the keys of a declared stream, and those that only a template
 * has. The name tells which it is.
 */
record StreamKeys(
        @Nullable List<String> addresses,
        @Nullable Duration lifetime,
        @Nullable Duration heartbeat,
        @Nullable Duration retry,
        @Nullable Replay replay,
        @Nullable Slow slow,
        @Nullable Framing frame,
        @Nullable History history,
        @Nullable LogKind log,
        @Nullable Boolean presence,
        @Nullable Duration idle,
        @Nullable Duration keep,
        @Nullable Integer max,
        @Nullable Create create,
        @Nullable Integer shards,
        TemplateConfig.@Nullable Senders signals,
        @Nullable Read read,
        PublishConfig.@Nullable Keys publish) {

    /**
     * The declared stream of these keys.
     *
     * @param defaults what holds where the keys do not say it
     * @throws InvalidOptionException that names the key, the value and what is expected
     */
    StreamConfig stream(StreamDefaults defaults) {
        requireNone("idle", idle);
        requireNone("keep", keep);
        requireNone("max", max);
        requireNone("create", create);
        requireNone("shards", shards);
        requireNone("signals", signals);
        return new StreamConfig(
                options(),
                sse(),
                place(),
                isPresence(),
                requireNonNullElse(read, defaults.read()),
                publishing(defaults.publish()));
    }

    private static void requireNone(String key, @Nullable Object value) {
        if (value != null) {
            throw new InvalidOptionException(
                    key, value, "no such key here: it is for templates, whose names are as \"chat/*\"");
        }
    }

    /**
     * The template of these keys.
     *
     * @param defaults what holds where the keys do not say it
     * @throws InvalidOptionException that names the key, the value and what is expected
     */
    TemplateConfig template(StreamDefaults defaults) {
        StreamOptions options = options();
        TemplateOptions ofTemplate = TemplateOptions.DEFAULT;
        return new TemplateConfig(
                new TemplateOptions(
                        options.addresses(),
                        options.history(),
                        options.idempotency(),
                        requireNonNullElse(idle, ofTemplate.idle()),
                        requireNonNullElse(keep, ofTemplate.keep()),
                        requireNonNullElse(max, ofTemplate.max()),
                        requireNonNullElse(create, ofTemplate.create())),
                sse(),
                place(),
                requireNonNullElse(shards, TemplateConfig.DEFAULT_SHARDS),
                isPresence(),
                requireNonNullElse(signals, TemplateConfig.Senders.PUBLISH),
                requireNonNullElse(read, defaults.read()),
                publishing(defaults.publish()));
    }

    private StreamOptions options() {
        StreamOptions defaults = StreamOptions.DEFAULT;
        return new StreamOptions(
                requireNonNullElse(addresses, defaults.addresses()),
                requireNonNullElse(history, defaults.history()),
                defaults.idempotency());
    }

    private SseOptions sse() {
        SseOptions defaults = SseOptions.DEFAULT;
        return new SseOptions(
                requireNonNullElse(lifetime, StreamConfig.DEFAULT_LIFETIME),
                requireNonNullElse(heartbeat, defaults.heartbeat()),
                requireNonNullElse(retry, defaults.retry()),
                requireNonNullElse(replay, defaults.replay()),
                requireNonNullElse(slow, defaults.slow()),
                requireNonNullElse(frame, defaults.frame()),
                defaults.deadAfter(),
                defaults.maxTopics());
    }

    private PublishConfig publishing(PublishConfig node) {
        try {
            return publish == null ? node : publish.over(node);
        } catch (InvalidOptionException e) {
            throw new InvalidOptionException("publish." + e.option(), e.value(), e.expected());
        }
    }

    private LogKind place() {
        return requireNonNullElse(log, LogKind.AUTO);
    }

    private boolean isPresence() {
        return requireNonNullElse(presence, false);
    }
}
