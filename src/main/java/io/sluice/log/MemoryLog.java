package io.sluice.log;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A log in this process' memory: it starts with a new epoch and ends with the process.
 *
 * <p>Keeps the newest events, within the bounds of a {@link History}; it looks at them when something is appended. Appending
 * is done when the call returns. One thread only: that of the stream's context.
 */
public final class MemoryLog implements EventLog {

    private final InstantSource clock;
    private final RecentKeys receipts;
    private final RetainedEvents kept;
    private final List<Follower> followers = new ArrayList<>();
    private EventId last = EventId.fresh();
    private final Epochs epochs = Epochs.startingAt(last);

    /** @param idempotency how long a submission with a key is not taken again */
    public MemoryLog(History history, Duration idempotency, InstantSource clock) {
        this.kept = new RetainedEvents(history);
        this.clock = clock;
        this.receipts = new RecentKeys(idempotency);
    }

    @Override
    public Future<List<Receipt>> append(List<Batch> batch) {
        Instant now = clock.instant();
        List<Event> events = new ArrayList<>();
        List<Receipt> answers = new ArrayList<>(batch.size());
        for (Batch submission : batch) {
            String key = submission.key();
            Receipt receipt = key == null ? null : receipts.find(key, now);
            if (receipt == null) {
                submission.publications().forEach(publication -> events.add(next(publication, now)));
                receipt = Receipt.of(submission, last);
                if (key != null) {
                    receipts.add(key, receipt, now);
                }
            }
            answers.add(receipt);
        }
        kept.trim(now);
        followers.forEach(follower -> follower.accept(events));
        return Future.succeededFuture(answers);
    }

    private Event next(NewEvent publication, Instant now) {
        last = last.at(last.n() + 1);
        Event event = Event.of(last, now, publication);
        kept.add(event);
        return event;
    }

    @Override
    public Future<Void> open(Follower follower, Ingestion ingestion) {
        kept.trim(clock.instant());
        follower.begin(epochs, last.n() - kept.size(), kept.list());
        followers.add(follower);
        return ingestion.begin();
    }

    @Override
    public Future<Void> close() {
        followers.clear();
        kept.clear();
        receipts.clear();
        return Future.succeededFuture();
    }
}
