package io.sluice.hazelcast;

import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Keyed;
import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.log.RecentKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some batches with their numbers, as records for the ring. A batch whose key was used before adds no record.
 *
 * <p>One thread only.
 */
final class NumberedBatches {

    private final long term;
    private final Epochs epochs;
    private final Instant time = Instant.now();
    private final List<byte[]> records = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private long last;

    /**
     * Numbers some batches.
     *
     * @param now the time by which keys grow old
     * @param after the n of the event before the first
     */
    NumberedBatches(List<Batch> batches, RecentKeys keys, Instant now, long term, Epochs epochs, long after) {
        this.term = term;
        this.epochs = epochs;
        this.last = after;
        Map<String, Receipt> added = new HashMap<>();
        for (Batch batch : batches) {
            String key = batch.key();
            Receipt known = key == null ? null : added.getOrDefault(key, keys.find(key, now));
            Receipt receipt = known == null ? number(batch) : known;
            receipts.add(receipt);
            if (key != null) {
                added.put(key, receipt);
            }
        }
    }

    private Receipt number(Batch batch) {
        last += batch.events().size();
        Receipt receipt = Receipt.of(batch, epochs.id(last));
        int left = batch.events().size();
        for (NewEvent event : batch.events()) {
            left--;
            EventId id = epochs.id(last - left);
            records.add(LogRecord.encode(
                    new Appended(term, id, time, event, left > 0, left > 0 ? null : keyed(batch, receipt))));
        }
        return receipt;
    }

    private static @Nullable Keyed keyed(Batch batch, Receipt receipt) {
        return batch.key() == null ? null : new Keyed(batch.key(), receipt.count(), receipt.digest());
    }

    List<byte[]> records() {
        return records;
    }

    /** A receipt for each batch; the first one's if the key was used before. */
    List<Receipt> receipts() {
        return receipts;
    }

    /** The n of the last event. */
    long last() {
        return last;
    }
}
