package io.sluice.stream;

import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A log in this process' memory: it starts with a new epoch and ends with the process.
 *
 * <p>Keeps the newest events, within the bounds of a {@link History}; it looks at them when something is appended. Appending
 * is done when the call returns. One thread only: that of the stream's context.
 */
public final class MemoryLog implements EventLog {

    private final History history;
    private final InstantSource clock;
    private final Deque<Event> kept = new ArrayDeque<>();
    private final List<Follower> followers = new ArrayList<>();
    private EventId last = EventId.fresh();
    private long bytes; // of the frames in kept

    public MemoryLog(History history, InstantSource clock) {
        this.history = history;
        this.clock = clock;
    }

    @Override
    public Future<EventId> append(List<Publication> batch) {
        Instant now = clock.instant();
        List<Event> events = new ArrayList<>(batch.size());
        for (Publication publication : batch) {
            last = last.at(last.n() + 1);
            Event event = Event.of(last, now, publication);
            events.add(event);
            kept.addLast(event);
            bytes += event.frame().length;
        }
        evict(now);
        followers.forEach(follower -> follower.accept(events));
        return Future.succeededFuture(last);
    }

    @Override
    public Future<Void> follow(Follower follower) {
        evict(clock.instant());
        follower.begin(last.at(last.n() - kept.size()));
        if (!kept.isEmpty()) {
            follower.accept(List.copyOf(kept));
        }
        followers.add(follower);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        followers.clear();
        kept.clear();
        bytes = 0;
        return Future.succeededFuture();
    }

    private void evict(Instant now) {
        while (!kept.isEmpty()
                && history.isOver(kept.size(), bytes, kept.getFirst().time(), now)) {
            bytes -= kept.removeFirst().frame().length;
        }
    }
}
