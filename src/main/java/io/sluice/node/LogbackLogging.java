package io.sluice.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.AppenderAttachable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The log of a process that uses Logback. */
final class LogbackLogging implements Logging {

    static final LogbackLogging INSTANCE = new LogbackLogging((LoggerContext) LoggerFactory.getILoggerFactory());

    private final LoggerContext context;
    // The level that a logger had before the configuration set it; guarded by this.
    private final Map<String, @Nullable Level> before = new HashMap<>();

    LogbackLogging(LoggerContext context) {
        this.context = context;
    }

    @Override
    public synchronized void configure(LoggingConfig config) {
        encoders().forEach(encoder -> encoder.writeJson(config.format() == LoggingConfig.Format.JSON));
        before.forEach((name, level) -> logger(name).setLevel(level));
        before.clear();
        config.levels().forEach((name, level) -> {
            before.put(name, logger(name).getLevel());
            setLevel(name, level);
        });
    }

    private List<LineEncoder> encoders() {
        List<LineEncoder> found = new ArrayList<>();
        context.getLogger(Logger.ROOT_LOGGER_NAME)
                .iteratorForAppenders()
                .forEachRemaining(appender -> addEncoders(appender, found));
        return found;
    }

    private static void addEncoders(Appender<ILoggingEvent> appender, List<LineEncoder> found) {
        if (appender instanceof OutputStreamAppender<ILoggingEvent> out
                && out.getEncoder() instanceof LineEncoder encoder) {
            found.add(encoder);
        } else if (appender instanceof QueueingAppender queue) {
            ((AppenderAttachable<ILoggingEvent>) queue)
                    .iteratorForAppenders()
                    .forEachRemaining(behind -> addEncoders(behind, found));
        }
    }

    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new LinkedHashMap<>();
        // Sorted, the root before all.
        for (Logger logger : context.getLoggerList()) {
            @Nullable Level level = logger.getLevel();
            if (level != null) {
                levels.put(name(logger), level.toString());
            }
        }
        return levels;
    }

    private static String name(Logger logger) {
        return logger.getName().equals(Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName();
    }

    private Logger logger(String name) {
        return context.getLogger(name.equals(ROOT) ? Logger.ROOT_LOGGER_NAME : name);
    }

    @Override
    public void setLevel(String logger, LoggingConfig.@Nullable Level level) {
        logger(logger).setLevel(level == null ? null : Level.toLevel(level.name()));
    }

    @Override
    public void setMember(String name) {
        encoders().forEach(encoder -> encoder.writeMember(name));
    }
}
