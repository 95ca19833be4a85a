package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log of a node as the shipped Logback file makes it. */
class LoggingTest {

    private final LoggerContext context = new LoggerContext();
    private final LogbackLogging logging = new LogbackLogging(context);

    @BeforeEach
    void configure() throws Exception {
        JoranConfigurator joran = new JoranConfigurator();
        joran.setContext(context);
        joran.doConfigure(
                Path.of("src/main/resources/io/sluice/node/logback.xml").toFile());
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private String line(String message, @Nullable Throwable failure) {
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("io.sluice.node.Node"), Level.WARN, message, failure, new Object[0]);
        event.setInstant(Instant.parse("2026-11-27T17:40:00Z"));
        event.setThreadName("main");
        QueueingAppender queue =
                (QueueingAppender) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("queue");
        ConsoleAppender<?> console = (ConsoleAppender<?>) Objects.requireNonNull(queue.getAppender("console"));
        byte[] line = ((LineEncoder) console.getEncoder()).encode(event);
        return new String(line, StandardCharsets.UTF_8);
    }

    private static LoggingConfig json() {
        return new LoggingConfig(LoggingConfig.Format.JSON, Map.of());
    }

    @Test
    void aLineIsAJsonObjectWhereThatIsConfigured() {
        logging.configure(json());
        assertEquals("""
                {"time":"2026-11-27T17:40:00.000Z","level":"WARN","logger":"io.sluice.node.Node","thread":"main",\
                "message":"two\\nlines"}
                """, line("two\nlines", null));
        logging.setMember("k3f9a2");
        assertEquals("k3f9a2", new JsonObject(line("x", null)).getString("member"));
    }

    @Test
    void anExceptionIsATextInTheSameLine() {
        logging.configure(json());
        String line = line("failed", new IllegalStateException("because", new RuntimeException("of that")));

        assertEquals(1, line.lines().count());
        String text = new JsonObject(line).getString("exception");
        assertTrue(text.startsWith("java.lang.IllegalStateException: because\n\tat io.sluice"), text);
        assertTrue(text.contains("\nCaused by: java.lang.RuntimeException: of that\n"), text);
    }

    @Test
    void aTicketIsHiddenInBothFormats() {
        String url = "GET /events?ticket=abcDEF-_123&x=1";
        assertTrue(
                line(url, null).endsWith("Node - GET /events?ticket=***&x=1" + System.lineSeparator()),
                line(url, null));
        logging.configure(json());
        assertEquals("GET /events?ticket=***&x=1", new JsonObject(line(url, null)).getString("message"));
        assertFalse(line("x", new IllegalStateException(url)).contains("abcDEF"));
    }

    @Test
    void levelsThatAreConfiguredNoMoreAreAsBefore() {
        Map<String, String> shipped = logging.levels();
        assertEquals("WARN", shipped.get("root"));
        assertEquals("INFO", shipped.get("io.sluice"));
        assertEquals("root", new ArrayList<>(shipped.keySet()).get(0));

        logging.configure(LoggingConfig.of(
                null,
                Map.of(
                        "io.sluice",
                        LoggingConfig.Level.DEBUG,
                        "a.b",
                        LoggingConfig.Level.TRACE,
                        "root",
                        LoggingConfig.Level.INFO)));
        assertEquals(
                List.of("INFO", "DEBUG", "TRACE"),
                List.of("root", "io.sluice", "a.b").stream()
                        .map(logging.levels()::get)
                        .toList());

        logging.configure(LoggingConfig.DEFAULT);
        assertEquals(shipped, logging.levels());
    }

    @Test
    void aLevelIsThatOfTheLoggerAboveAgain() {
        logging.setLevel("io.sluice.sse", LoggingConfig.Level.DEBUG);
        assertEquals("DEBUG", logging.levels().get("io.sluice.sse"));
        logging.setLevel("io.sluice.sse", null);
        assertFalse(logging.levels().containsKey("io.sluice.sse"));
    }
}
