package io.sluice.testing.log;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.LogWriter;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A writer that answers when the test says so. */
public final class HeldLog implements LogWriter {

    public final List<List<Batch>> batches = new ArrayList<>();
    public volatile @Nullable RuntimeException failure;
    private Promise<List<Receipt>> answer = Promise.promise();

    @Override
    public Future<List<Receipt>> append(List<Batch> batch) {
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        batches.add(batch);
        answer = Promise.promise();
        return answer.future();
    }

    /** With the position that the newest batch ends at. */
    public void answer(long last) {
        List<Batch> batch = batches.get(batches.size() - 1);
        long n = last - batch.stream().mapToInt(s -> s.events().size()).sum();
        List<Receipt> receipts = new ArrayList<>();
        for (Batch submission : batch) {
            n += submission.events().size();
            receipts.add(Receipt.of(submission, new EventId("held", n)));
        }
        answer.complete(receipts);
    }

    public void fail(String why) {
        answer.fail(why);
    }
}
