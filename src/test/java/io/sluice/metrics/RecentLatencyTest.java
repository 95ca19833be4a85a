package io.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentLatencyTest {

    private final AtomicLong clock = new AtomicLong();
    private final RecentLatency latency = new RecentLatency(clock::get);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 8, 9, 100, 12_345, 400_000, 999_999_999, 10_000_000_000L, Long.MAX_VALUE})
    void aTimeIsTakenForWhatItIsToSixPercent(long nanos) {
        latency.record(nanos);
        StreamSnapshot.Latency told = Objects.requireNonNull(latency.quantiles());
        assertEquals(nanos / 1e9, told.p50(), nanos / 1e9 * 0.0625);
        assertEquals(told.p50(), told.p99());
    }

    @Test
    void theMedianAndTheSlowestOfAHundredAreTold() {
        for (int i = 0; i < 980; i++) {
            latency.record(1_000_000);
        }
        for (int i = 0; i < 20; i++) {
            latency.record(1_000_000_000);
        }
        StreamSnapshot.Latency told = Objects.requireNonNull(latency.quantiles());
        assertEquals(0.001, told.p50(), 0.0001);
        assertEquals(1, told.p99(), 0.1);
    }

    @Test
    void nothingIsToldOfNothing() {
        assertNull(latency.quantiles());
    }

    @Test
    void whatIsOlderThanTwelveSecondsIsForgotten() {
        latency.record(1);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(8) - 1);
        latency.record(1_000_000);
        assertEquals(0, Objects.requireNonNull(latency.quantiles()).p50(), 1e-8, "it is 8 s ago");
        clock.addAndGet(TimeUnit.SECONDS.toNanos(4) + 1);
        assertEquals(0.001, Objects.requireNonNull(latency.quantiles()).p50(), 0.0001, "it is 12 s ago");
        clock.addAndGet(TimeUnit.SECONDS.toNanos(12));
        assertNull(latency.quantiles());
        clock.addAndGet(TimeUnit.HOURS.toNanos(1));
        latency.record(1_000_000);
        assertEquals(0.001, Objects.requireNonNull(latency.quantiles()).p50(), 0.0001);
    }
}
