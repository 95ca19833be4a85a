package io.sluice.log;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A follower in front of another one. It holds back the history until all of it was read, and then hands it over at once: a
 * reader would take the rest of a part for lost. From then on it hands over each event as it comes.
 *
 * <p>With {@link History#latest} the follower also gets the newest events of the topics whose events are all over the bounds.
 *
 * <p>One thread only.
 */
public final class InitialLoad implements EventLog.Follower {

    private final EventLog.Follower follower;
    private final InstantSource clock;
    private final RetainedEvents kept;

    // Null until the log has begun.
    private @Nullable Epochs epochs;
    /** The numbers before the first event that is read, and of the last. */
    private long first;

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
        done(List.of());
    }

    /**
     * Hands over the history: all of it was read that the log still has.
     *
     * @param latest newest events of topics from before that, which the log does not have any more, oldest first: as another node, or
     *     another place, keeps them. Those that the load has read itself, or whose topics it has seen since, do not count
     */
    public void done(List<Event> latest) {
        Epochs begun = epochs;
        if (!loaded && begun != null) {
            kept.trim(clock.instant());
            List<Event> before =
                    latest.stream().filter(event -> event.n() <= first).toList();
            follower.reset(begun, last - kept.size(), kept.latest(before), kept.list());
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
        first = n;
        last = n;
        kept.clear();
        latest.forEach(kept::addOlder);
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
