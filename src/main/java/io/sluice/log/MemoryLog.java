package io.sluice.log;

import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A log in this process' memory: it starts with a new epoch and ends with the process.
 *
 * <p>The follower keeps its history. Appending is done when the writer's call returns.
 */
public final class MemoryLog implements EventLog {

    private final LogSetup setup;
    private final InstantSource clock;
    private final InstantSource ages;
    private final AppendQueue queue;
    private final RecentKeys keys;

    // On the context only:
    private EventId last = EventId.fresh();
    private boolean closed;

    private MemoryLog(LogSetup setup, InstantSource clock, InstantSource ages) {
        this.setup = setup;
        this.clock = clock;
        this.ages = ages;
        this.queue = new AppendQueue(setup.context(), this::write);
        this.keys = new RecentKeys(setup.idempotency());
    }

    /** The provider of logs in memory. */
    public static LogProvider provider() {
        return provider(InstantSource.system(), SteadyClock.INSTANCE);
    }

    /**
     * The same with other clocks.
     *
     * @param clock gives events their times
     * @param ages by which keys grow old; it must not jump
     */
    static LogProvider provider(InstantSource clock, InstantSource ages) {
        return setup -> new MemoryLog(setup, clock, ages);
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
        Instant now = ages.instant();
        Numbering numbering = new Numbering(clock.instant(), now);
        List<Receipt> receipts = batches.stream().map(numbering::take).toList();
        // What throws up to here leaves the log as it was.
        setup.follower().append(numbering.events);
        last = numbering.newest;
        numbering.added.forEach((key, receipt) -> keys.add(key, receipt, now));
        return Future.succeededFuture(receipts);
    }

    /** The next numbers for some batches. They are given when the follower has the events. */
    private final class Numbering {

        private final Instant time;
        private final Instant now;
        private final List<Event> events = new ArrayList<>();
        private final Map<String, Receipt> added = new LinkedHashMap<>();
        private EventId newest = last;

        private Numbering(Instant time, Instant now) {
            this.time = time;
            this.now = now;
        }

        private Receipt take(Batch batch) {
            String key = batch.key();
            Receipt known = key == null ? null : added.getOrDefault(key, keys.find(key, now));
            return known == null ? add(batch) : known;
        }

        private Receipt add(Batch batch) {
            for (NewEvent event : batch.events()) {
                newest = newest.at(newest.n() + 1);
                events.add(Event.of(newest, time, event));
            }
            Receipt receipt = Receipt.of(batch, newest);
            if (batch.key() != null) {
                added.put(batch.key(), receipt);
            }
            return receipt;
        }
    }

    @Override
    public boolean isFollowing() {
        return queue.isAnswering();
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
