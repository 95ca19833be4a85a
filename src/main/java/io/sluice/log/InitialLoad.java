package io.sluice.log;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A follower in front of another one. It holds back the history until all of it was read, and then hands it over at once: a
 * reader would take the rest of a part for lost. From then on it hands over each event as it comes.
 *
 * <p>One thread only.
 */
public final class InitialLoad implements EventLog.Follower {

    private final EventLog.Follower follower;
    private final InstantSource clock;
    private final RetainedEvents kept;

    // Null until the log has begun.
    private @Nullable Epochs epochs;
    private long last;
    private boolean loaded;

    /** @param history what the follower keeps at most */
    public InitialLoad(EventLog.Follower follower, History history, InstantSource clock) {
        this.follower = follower;
        this.clock = clock;
        this.kept = new RetainedEvents(history);
    }

    /** Hands over the history: all of it was read. */
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
    public void reset(Epochs begun, long n, List<Event> latest, List<Event> events) {
        if (loaded) {
            follower.reset(begun, n, latest, events);
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
