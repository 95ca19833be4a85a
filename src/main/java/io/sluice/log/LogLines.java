package io.sluice.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * What a log says of itself. A declared stream's log has its own lines. What happens to the shards of a template happens to most of
 * them at about the same time, and is said once: the others are for debugging. Any thread.
 */
public final class LogLines {

    private static final long ONCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** When a line was last said of a template: a few lines for each. */
    private static final Map<String, Long> SAID = new ConcurrentHashMap<>();

    private final Logger logger;
    private final String stream;
    /** The template whose shard this is the log of; empty for a declared stream. */
    private final String template;

    /** @param stream the name of the log: {@code events}, or {@code chat#3} for a shard */
    public LogLines(Logger logger, String stream) {
        this.logger = logger;
        this.stream = stream;
        int hash = stream.indexOf('#');
        this.template = hash < 0 ? "" : stream.substring(0, hash);
    }

    /**
     * Tells what happens often, and to a shard alone.
     *
     * @param what as the logger takes it, with {@code {}} for each of the values
     */
    public void routine(String what, @Nullable Object... values) {
        say(template.isEmpty() ? Level.INFO : Level.DEBUG, "stream " + stream, what, values);
    }

    /** Tells what somebody should know. */
    public void warn(String what, @Nullable Object... values) {
        if (template.isEmpty()) {
            say(Level.WARN, "stream " + stream, what, values);
        } else if (isNews(what)) {
            say(Level.WARN, "streams " + template + "/*", what, values);
        } else {
            debug(what, values);
        }
    }

    /** Tells what nobody has to know. */
    public void debug(String what, @Nullable Object... values) {
        say(Level.DEBUG, "stream " + stream, what, values);
    }

    private boolean isNews(String what) {
        long now = System.nanoTime();
        boolean[] news = new boolean[1];
        SAID.compute(template + ' ' + what, (line, last) -> {
            news[0] = last == null || now - last > ONCE_NANOS;
            return news[0] ? (Long) now : last;
        });
        return news[0];
    }

    private void say(Level level, String whose, String what, @Nullable Object... values) {
        // A name has no braces.
        logger.atLevel(level).log(whose + ": " + what, values);
    }
}
