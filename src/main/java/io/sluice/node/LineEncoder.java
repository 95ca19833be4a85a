package io.sluice.node;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line of the log as its pattern says, or as a JSON object: {@code logging.format}. Logback's own {@code JsonEncoder} has the
 * time as a number, and no way to hide a ticket.
 *
 * <pre>{@code
 * {"time":"2026-11-27T17:40:00.123Z","level":"INFO","logger":"io.sluice.node.Node","thread":"vert.x-eventloop-thread-0",
 *  "message":"Sluice has stopped"}
 * }</pre>
 *
 * with {@code "member"} where the node has a name in its cluster, and {@code "exception"}, a text of lines, where there is one.
 */
public final class LineEncoder extends PatternLayoutEncoder {

    /** With milliseconds, also where they are 0. */
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    /** A ticket opens a stream for whoever reads it. Vert.x logs whole URLs, at TRACE. As in the pattern of logback.xml. */
    private static final Pattern TICKET = Pattern.compile("(?i)([?&]ticket=)[A-Za-z0-9_-]+");

    private final ThrowableProxyConverter exceptions = new ThrowableProxyConverter();
    private volatile boolean isJson;
    private volatile @Nullable String member;

    @Override
    public void start() {
        exceptions.setContext(getContext());
        exceptions.start();
        super.start();
    }

    /** Has the lines to come written as JSON, or as the pattern says. Any thread. */
    void writeJson(boolean json) {
        isJson = json;
    }

    /** Has the name of this node in its cluster in the JSON lines to come. Any thread. */
    void writeMember(String name) {
        member = name;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return isJson
                ? (json(event).encode() + System.lineSeparator()).getBytes(StandardCharsets.UTF_8)
                : super.encode(event);
    }

    private JsonObject json(ILoggingEvent event) {
        JsonObject line = new JsonObject()
                .put("time", TIME.format(event.getInstant()))
                .put("level", event.getLevel().toString())
                .put("logger", event.getLoggerName())
                .put("thread", event.getThreadName());
        if (member != null) {
            line.put("member", member);
        }
        line.put("message", hidden(event.getFormattedMessage()));
        if (event.getThrowableProxy() != null) {
            line.put("exception", hidden(exceptions.convert(event)).stripTrailing());
        }
        return line;
    }

    private static String hidden(String text) {
        return TICKET.matcher(text).replaceAll("$1***");
    }
}
