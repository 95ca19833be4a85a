package io.sluice.node;

import io.sluice.log.TopicRules;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The levels of the log, while the node runs.
 *
 * <pre>
 *    GET  /api/logging                                             200 {"levels":{"root":"WARN","io.sluice":"INFO"}}
 *    POST /api/logging {"logger":"io.sluice.sse","level":"DEBUG"}  the same, as it is now; level null: that of the logger above
 * </pre>
 *
 * <p>501 where the log is not Logback's. A level that is set so lasts until the node stops.
 */
final class LoggingPart implements AdminPart {

    private static final Logger LOG = LoggerFactory.getLogger(LoggingPart.class);

    private static final String PATH = "/api/logging";
    private static final String EXAMPLE = "{\"logger\": \"io.sluice.sse\", \"level\": \"DEBUG\"}";
    private static final Set<String> KEYS = Set.of("logger", "level");

    private final Optional<Logging> logging;
    private final JsonBody body;

    LoggingPart(Optional<Logging> logging, JsonBody body) {
        this.logging = logging;
        this.body = body;
    }

    @Override
    public void mount(AdminRoutes routes) {
        routes.getAndPost(PATH, routing -> tell(routing, required()), this::change);
    }

    private Logging required() {
        return logging.orElseThrow(() -> new HttpException(
                501, "the log of this process is not Logback's: its levels are the application's to change"));
    }

    private static void tell(RoutingContext routing, Logging log) {
        JsonObject levels = new JsonObject();
        log.levels().forEach(levels::put);
        routing.response()
                .putHeader("Content-Type", BodyType.JSON.mediaType())
                .end(new JsonObject().put("levels", levels).toBuffer());
    }

    private void change(RoutingContext routing) {
        Logging log = required();
        body.read(routing)
                .map(read -> {
                    change(log, read);
                    return log;
                })
                .onComplete(changed -> tell(routing, changed), failure -> BodyReader.fail(routing, failure));
    }

    private static void change(Logging log, Buffer read) {
        JsonObject json = JsonBody.object(read, EXAMPLE);
        for (String key : json.fieldNames()) {
            if (!KEYS.contains(key)) {
                throw new HttpException(400, "\"" + TopicRules.visible(key) + "\": expected logger or level");
            }
        }
        if (!(json.getValue("logger") instanceof String logger) || !LoggingConfig.isLogger(logger)) {
            throw new HttpException(400, "logger: expected " + LoggingConfig.LOGGER);
        }
        LoggingConfig.@Nullable Level level = level(json, logger);
        log.setLevel(logger, level);
        LOG.info("the log level of {} is {} now", logger, level == null ? "that of the logger above" : level);
    }

    private static LoggingConfig.@Nullable Level level(JsonObject json, String logger) {
        boolean isRoot = logger.equals(Logging.ROOT);
        Object level = json.getValue("level");
        if (level == null && json.containsKey("level") && !isRoot) {
            return null;
        }
        return Arrays.stream(LoggingConfig.Level.values())
                .filter(known -> level instanceof String text && known.name().equals(text.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new HttpException(
                        400,
                        "level: expected one of "
                                + Arrays.stream(LoggingConfig.Level.values())
                                        .map(Enum::name)
                                        .collect(Collectors.joining(", "))
                                + (isRoot ? "" : ", or null for that of the logger above")));
    }
}
