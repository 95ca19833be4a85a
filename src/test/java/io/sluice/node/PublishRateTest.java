package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.ext.web.handler.HttpException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PublishRateTest {

    private final AtomicLong nanos = new AtomicLong();
    private final PublishRate rate = new PublishRate(10, nanos::get);

    private static void assertRefused(int status, Runnable publish) {
        assertEquals(status, assertThrows(HttpException.class, publish::run).getStatusCode());
    }

    private void passMillis(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void asManyAsInASecondComeAtOnce() {
        rate.take(4);
        rate.take(6);
        assertRefused(429, rate::requireRoom);
        assertRefused(429, () -> rate.take(1));
    }

    @Test
    void thereIsRoomForOneMoreAfterATenthOfASecond() {
        rate.take(10);
        passMillis(99);
        assertRefused(429, rate::requireRoom);
        passMillis(1);
        rate.requireRoom();
        rate.take(1);
        assertRefused(429, () -> rate.take(1));
    }

    @Test
    void whatIsRefusedCostsNothing() {
        rate.take(8);
        assertRefused(429, () -> rate.take(3));
        rate.take(2);
    }

    @Test
    void whoeverComesAfterASecondIsTaken() {
        rate.take(10);
        passMillis(1000);
        rate.take(10);
        passMillis(60_000);
        rate.take(10);
        assertRefused(429, () -> rate.take(1));
    }

    @Test
    void moreThanThereEverIsRoomForIsTooMuch() {
        assertRefused(413, () -> rate.take(11));
    }

    @Test
    void withoutALimitEverythingIsTaken() {
        PublishRate unlimited = new PublishRate(0, nanos::get);
        unlimited.requireRoom();
        assertDoesNotThrow(() -> unlimited.take(10_000));
    }
}
