package io.sluice.hazelcast;

import io.sluice.log.Batch;
import io.sluice.log.BufferReader;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Batches and receipts as bytes on the bus.
 *
 * <pre>
 *   request   text sender, long number, int batches; each: text key, int events; each: as {@link BufferReader} has it
 *   answer    int receipts; each: text epoch, long n, int count, long digest
 * </pre>
 */
final class AppendMessage {

    private AppendMessage() {}

    static Buffer encodeBatches(List<Batch> batches) {
        Buffer bytes = Buffer.buffer().appendInt(batches.size());
        for (Batch batch : batches) {
            BufferReader.appendText(bytes, batch.key() == null ? "" : batch.key());
            bytes.appendInt(batch.events().size());
            batch.events().forEach(event -> BufferReader.appendEvent(bytes, event));
        }
        return bytes;
    }

    static List<Batch> decodeBatches(BufferReader in) {
        List<Batch> batches = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            String key = in.nextText();
            List<NewEvent> events = new ArrayList<>();
            for (int more = in.nextInt(); more > 0; more--) {
                events.add(in.nextEvent());
            }
            batches.add(new Batch(events, key.isEmpty() ? null : key));
        }
        return batches;
    }

    static Buffer encodeReceipts(List<Receipt> receipts) {
        Buffer bytes = Buffer.buffer().appendInt(receipts.size());
        for (Receipt receipt : receipts) {
            EventId last = receipt.last();
            BufferReader.appendText(bytes, last.epoch()).appendLong(last.n());
            bytes.appendInt(receipt.count()).appendLong(receipt.digest());
        }
        return bytes;
    }

    static List<Receipt> decodeReceipts(Buffer bytes) {
        BufferReader in = new BufferReader(bytes);
        List<Receipt> receipts = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            EventId last = new EventId(in.nextText(), in.nextLong());
            receipts.add(new Receipt(last, in.nextInt(), in.nextLong()));
        }
        return receipts;
    }
}
