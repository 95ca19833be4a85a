package io.sluice.log;

import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A log in this process' memory: it starts with a new epoch and ends with the process.
 *
 * <p>The follower keeps its history. Appending is done when the writer's call returns.
 */
public final class MemoryLog implements EventLog {

    private final LogSetup setup;
    private final InstantSource clock;
    private final AppendQueue queue;
    private final RecentKeys keys;

    // On the context only:
    private EventId last = EventId.fresh();
    private boolean closed;

    private MemoryLog(LogSetup setup, InstantSource clock) {
        this.setup = setup;
        this.clock = clock;
        this.queue = new AppendQueue(setup.context(), this::write);
        this.keys = new RecentKeys(setup.idempotency());
    }

    /** The provider of logs in memory. */
    public static LogProvider provider() {
        return provider(InstantSource.system());
    }

    static LogProvider provider(InstantSource clock) {
        return setup -> new MemoryLog(setup, clock);
    }

    @Override
    public Future<Void> open() {
        setup.follower().reset(Epochs.startingAt(last), last.n(), List.of());
        return setup.leadership().lead();
    }

    @Override
    public Future<Receipt> append(Batch batch) {
        return queue.append(batch);
    }

    private Future<List<Receipt>> write(List<Batch> batches) {
        if (closed) {
            return Future.failedFuture(new NotTakenException("the stream is closed"));
        }
        Instant now = clock.instant();
        List<Event> events = new ArrayList<>();
        List<Receipt> receipts = new ArrayList<>(batches.size());
        for (Batch batch : batches) {
            String key = batch.key();
            Receipt receipt = key == null ? null : keys.find(key, now);
            if (receipt == null) {
                batch.events().forEach(event -> events.add(next(event, now)));
                receipt = Receipt.of(batch, last);
                if (key != null) {
                    keys.add(key, receipt, now);
                }
            }
            receipts.add(receipt);
        }
        setup.follower().append(events);
        return Future.succeededFuture(receipts);
    }

    private Event next(NewEvent event, Instant now) {
        last = last.at(last.n() + 1);
        return Event.of(last, now, event);
    }

    @Override
    public Future<Void> close() {
        return setup.leadership().stepDown().eventually(() -> {
            queue.close();
            closed = true;
            keys.clear();
            return Future.succeededFuture();
        });
    }
}
