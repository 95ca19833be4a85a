package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.CapturedOutput;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

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
    void goodAndBadMessagesInTurnsAreALineIn10Seconds() {
        assertEquals(2, lines(() -> {
            for (int i = 0; i < 1000; i++) {
                nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(19));
                drop();
                drops.over();
            }
        }));
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
