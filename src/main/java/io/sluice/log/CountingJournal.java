package io.sluice.log;

import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal that follows a log, and tells how many new events it gets.
 *
 * @param appended is called once for each batch, with the number of its events
 */
public record CountingJournal(JournalWriter writer, IntConsumer appended) implements EventLog.Follower {

    @Override
    public void reset(Epochs epochs, long n, List<Event> latest, List<Event> kept) {
        writer.reset(epochs, n, latest, kept);
    }

    @Override
    public void beginEpoch(Epochs epochs) {
        writer.beginEpoch(epochs);
    }

    @Override
    public void append(List<Event> events) {
        writer.append(events);
        appended.accept(events.size());
    }

    @Override
    public void lackLatest(long n) {
        writer.lackLatest(n);
    }

    @Override
    public @Nullable LatestEvents latest() {
        return writer.latest();
    }
}
