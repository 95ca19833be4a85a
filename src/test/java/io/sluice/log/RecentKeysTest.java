package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentKeysTest {

    private static final Instant START = Instant.parse("2026-11-23T02:50:00Z");

    private final RecentKeys receipts = new RecentKeys(Duration.ofMinutes(5));

    @Test
    void theFirstReceiptOfAKeyIsGivenForItsTime() {
        receipts.add("k", receipt(7), START);
        receipts.add("k", receipt(9), START.plusSeconds(1));
        assertEquals(receipt(7), receipts.find("k", START.plusSeconds(299)));
        assertNull(receipts.find("k", START.plusSeconds(300)));
        assertNull(receipts.find("other", START));
    }

    @Test
    void aFloodOfKeysDrivesOutTheOldest() {
        for (int i = 0; i <= RecentKeys.MAX_KEYS; i++) {
            receipts.add("k" + i, receipt(i), START);
        }
        assertNull(receipts.find("k0", START));
        assertNotNull(receipts.find("k1", START));
    }

    @Test
    void noTimeAtAllKeepsNone() {
        RecentKeys none = new RecentKeys(Duration.ZERO);
        none.add("k", receipt(7), START);
        assertNull(none.find("k", START));
        assertNull(none.find("k", START.minusSeconds(1)), "nor where the clock went back");
    }

    private static Receipt receipt(long n) {
        return new Receipt(new EventId("k3f9a2", n), 1, 0);
    }
}
