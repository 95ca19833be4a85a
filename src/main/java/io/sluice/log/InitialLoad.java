package io.sluice.log;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A follower in front of another one, which is given nothing until all that a log keeps was read, and then all of it at once:
 * so nobody who reads there sees a part, and takes the rest for lost. From then on it is given everything as it comes.
 *
 * <p>One thread only.
 */
public final class InitialLoad implements EventLog.Follower {

    private final EventLog.Follower follower;
    private final InstantSource clock;
    private final RetainedEvents kept;
    private @Nullable Epochs epochs; // null until it has begun
    private long last;
    private boolean loaded;

    /** @param history what the follower keeps at most */
    public InitialLoad(EventLog.Follower follower, History history, InstantSource clock) {
        this.follower = follower;
        this.clock = clock;
        this.kept = new RetainedEvents(history);
    }

    /** All was read. */
    public void done() {
        Epochs begun = epochs;
        if (!loaded && begun != null) {
            kept.trim(clock.instant());
            follower.reset(begun, last - kept.size(), kept.list());
            kept.clear();
        }
        loaded = true;
    }

    @Override
    public void reset(Epochs begun, long n, List<Event> events) {
        if (loaded) {
            follower.reset(begun, n, events);
            return;
        }
        epochs = begun;
        last = n;
        kept.clear();
        append(events);
    }

    @Override
    public void beginEpoch(Epochs begun) {
        if (loaded) {
            follower.beginEpoch(begun);
        } else {
            epochs = begun;
        }
    }

    @Override
    public void append(List<Event> events) {
        if (loaded) {
            follower.append(events);
            return;
        }
        events.forEach(kept::add);
        last += events.size();
        kept.trim(clock.instant());
    }
}
