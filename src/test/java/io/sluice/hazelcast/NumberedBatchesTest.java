package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.log.RecentKeys;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NumberedBatchesTest {

    private static final Epochs EPOCHS = Epochs.startingAt(new EventId("a", 0));

    private final RecentKeys keys = new RecentKeys(Duration.ofMinutes(5));

    @Test
    void eventsGetTheNextNumbersAndABatchEndsWithItsKey() {
        NumberedBatches numbered = number(batch(null, "a"), batch("k", "b", "c"));
        assertEquals(List.of("8 a", "9 b more", "10 c k"), records(numbered));
        assertEquals(List.of(8L, 10L), lastNumbers(numbered));
        assertEquals(10, numbered.last());
    }

    @Test
    void aKeyThatWasUsedBeforeAddsNothing() {
        Batch batch = batch("k", "a");
        Receipt first = Receipt.of(batch, new EventId("a", 3));
        keys.add("k", first, Instant.now());
        NumberedBatches numbered = number(batch, batch(null, "b"));
        assertEquals(List.of("8 b"), records(numbered));
        assertEquals(List.of(3L, 8L), lastNumbers(numbered));
    }

    @Test
    void aKeyThatComesTwiceInOneWriteAddsOneBatch() {
        NumberedBatches numbered = number(batch("k", "a"), batch("k", "a"));
        assertEquals(List.of("8 a k"), records(numbered));
        assertEquals(List.of(8L, 8L), lastNumbers(numbered));
    }

    private NumberedBatches number(Batch... batches) {
        return new NumberedBatches(List.of(batches), keys, Instant.now(), 1, EPOCHS, 7);
    }

    private static Batch batch(@Nullable String key, String... data) {
        return new Batch(
                Stream.of(data).map(text -> new NewEvent("t", null, text)).toList(), key);
    }

    private static List<Long> lastNumbers(NumberedBatches numbered) {
        return numbered.receipts().stream().map(receipt -> receipt.last().n()).toList();
    }

    private static List<String> records(NumberedBatches numbered) {
        return numbered.records().stream()
                .map(bytes -> (Appended) LogRecord.decode(Buffer.buffer(bytes)))
                .map(record -> record.id().n() + " " + record.event().data() + (record.more() ? " more" : "")
                        + (record.keyed() == null ? "" : " " + record.keyed().key()))
                .toList();
    }
}
