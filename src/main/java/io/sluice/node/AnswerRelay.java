package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sample relay: it answers questions as one in front of a model would, token by token, but from a text of its own. It knows the
 * bus only.
 *
 * <p>{@code POST /chat/42?signal=ask} with a question begins the answer in the stream {@code chat/42}, and {@code
 * POST /chat/42?signal=stop} stops it. One relay answers for a cluster: each relay gets each signal.
 */
public final class AnswerRelay extends VerticleBase {

    private static final int MAX_QUESTION = 1000;

    /** The answers under way, by stream. On the verticle's context only. */
    private final Map<String, Answer> answers = new HashMap<>();

    @Override
    public Future<?> start() {
        Config config = new ConfigReader().read(config(), Config.class);
        return vertx.eventBus()
                .<Object>consumer("sluice.signals." + config.template, signal -> receive(config, signal))
                .completion();
    }

    private void receive(Config config, Message<Object> signal) {
        String stream = Objects.requireNonNullElse(signal.headers().get("stream"), "");
        switch (Objects.requireNonNullElse(signal.headers().get("signal"), "")) {
            case "ask" -> ask(config, stream, signal.body());
            case "stop" -> answers.computeIfPresent(stream, (name, answer) -> answer.stop("stopped"));
            default -> {
                // Not for this verticle.
            }
        }
    }

    /** A second question is for a second stream: whoever asks at the same time sees the answer to the first. */
    private void ask(Config config, String stream, @Nullable Object body) {
        if (answers.containsKey(stream) || !(body instanceof String question) || question.isBlank()) {
            return;
        }
        Answer answer = new Answer(vertx, stream, config.period);
        if (answers.size() >= config.max) {
            answer.stop("busy");
        }
        answers.put(stream, answer);
        answer.begin(question.substring(0, Math.min(question.length(), MAX_QUESTION)))
                .onComplete(ended -> answers.remove(stream));
    }

    /**
     * @param template the template of the streams; default {@code chat}
     * @param period the time between two tokens, at least 1 ms; default 20 ms
     * @param max the most answers at a time, 1 and up; default 100
     */
    record Config(String template, Duration period, Integer max) {

        Config {
            require(!template.isBlank(), "template", '"' + template + '"', "the name of a template without /*");
            require(period.toMillis() >= 1, "period", period, "1ms or more");
            require(max >= 1, "max", max, "1 or more");
        }

        @JsonCreator
        static Config of(
                @JsonProperty("template") @Nullable String template,
                @JsonProperty("period") @Nullable Duration period,
                @JsonProperty("max") @Nullable Integer max) {
            return new Config(
                    Objects.requireNonNullElse(template, "chat"),
                    Objects.requireNonNullElse(period, Duration.ofMillis(20)),
                    Objects.requireNonNullElse(max, 100));
        }
    }
}
