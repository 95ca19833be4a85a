package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sluice.log.NotTakenException;
import io.sluice.testing.CapturedOutput;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DropsTest {

    private final AtomicLong nanos = new AtomicLong();
    private final Drops drops = new Drops("stream events", "ticks", nanos::get);

    @Test
    void aThousandDropsAreOneLine() {
        assertEquals(1, lines(() -> {
            for (int i = 0; i < 1000; i++) {
                drop();
            }
        }));
    }

    /** One producer that publishes to a stream that has ended, beside others, would fill the output. */
    @Test
    void goodAndBadMessagesInTurnsAreALineAndThenACountAMinute() {
        assertEquals("""
                WARN stream events: dropping messages published to ticks: no event
                WARN stream events: 2999 more messages published to ticks were dropped, the last: no event
                WARN stream events: 3000 more messages published to ticks were dropped, the last: no event
                WARN stream events: 2 more messages published to ticks were dropped, the last: no event
                INFO stream events: taking messages from ticks again, after dropping 6002
                """, text(() -> {
            drop();
            for (int i = 0; i < 6001; i++) {
                pass(20);
                drops.over();
                drop();
            }
            pass(60_000);
            drops.over();
            pass(60_000);
            drops.over();
        }));
    }

    @Test
    void aLogThatIsBackIsALineAtOnce() {
        assertEquals("""
                WARN stream events: dropping messages published to ticks: away
                INFO stream events: taking messages from ticks again, after dropping 2
                """, text(() -> {
            drops.drop(new NotTakenException("away"));
            drops.drop(new NotTakenException("away"));
            pass(5);
            drops.over();
        }));
    }

    private void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void theReasonForgesNoLine() {
        try (CapturedOutput output = new CapturedOutput()) {
            drops.drop(new IllegalArgumentException("a\nb"));
            assertEquals(1, output.text().lines().count());
        }
    }

    private void drop() {
        drops.drop(new IllegalArgumentException("no event"));
    }

    private static String text(Runnable calls) {
        Logger logger = (Logger) LoggerFactory.getLogger(Drops.class);
        logger.setLevel(Level.INFO);
        try (CapturedOutput output = new CapturedOutput()) {
            calls.run();
            return output.text().replaceAll("(?m)^.*?(WARN|INFO) .* - ", "$1 ");
        } finally {
            logger.setLevel(null);
        }
    }

    private static long lines(Runnable calls) {
        try (CapturedOutput output = new CapturedOutput()) {
            calls.run();
            return output.text()
                    .lines()
                    .filter(line -> line.contains("stream events: dropping messages published to ticks: no event"))
                    .count();
        }
    }
}
