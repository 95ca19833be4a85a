package io.sluice.log;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The receipts of batches with a key, oldest first. Each is kept for a time, and {@value #MAX_KEYS} at most, so that a flood of
 * keys cannot fill the memory. One thread only.
 */
public final class RecentKeys {

    /** The most receipts: about 50 MB with short keys. */
    public static final int MAX_KEYS = 250_000;

    /** How long a key is remembered by default. */
    public static final Duration DEFAULT_AGE = Duration.ofMinutes(5);

    private record Entry(Receipt receipt, Instant time) {}

    private final Duration keep;
    private final Map<String, Entry> byKey = new LinkedHashMap<>();

    /** @param keep how long a receipt is kept; 0 keeps none */
    public RecentKeys(Duration keep) {
        this.keep = keep;
    }

    /** The receipt of the first batch with a key, or null if there was none in that time. All times are of one clock, which must not jump. */
    public @Nullable Receipt find(String key, Instant now) {
        expire(now);
        Entry kept = byKey.get(key);
        return kept == null ? null : kept.receipt;
    }

    /** Keeps the receipt of a batch. Times never decrease from one call to the next. */
    public void add(String key, Receipt receipt, Instant time) {
        if (keep.isZero()) {
            return;
        }
        expire(time);
        byKey.putIfAbsent(key, new Entry(receipt, time));
        if (byKey.size() > MAX_KEYS) {
            Iterator<Entry> oldest = byKey.values().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Drops the receipts that are too old. */
    public void expire(Instant now) {
        Instant oldest = now.minus(keep);
        Iterator<Entry> all = byKey.values().iterator();
        while (all.hasNext() && !all.next().time.isAfter(oldest)) {
            all.remove();
        }
    }

    /** Keeps only the receipts whose last id passes. */
    public void retain(Predicate<EventId> lastId) {
        byKey.values().removeIf(kept -> !lastId.test(kept.receipt.last()));
    }

    public void clear() {
        byKey.clear();
    }
}
