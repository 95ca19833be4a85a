package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.log.EventId;
import io.sluice.testing.client.ReconnectingSubscriber;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The event of each id, as any node told it, before, during and after a split. It is the same for all, for ever. */
public final class EventRegistry implements ReconnectingSubscriber.Observer {

    private static final int SHOWN = 10;

    private record Told(String data, String whom) {}

    private record Span(long first, long last) {

        Span and(Span other) {
            return new Span(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    private final ConcurrentMap<EventId, Told> told = new ConcurrentHashMap<>();
    // The numbers of each epoch.
    private final ConcurrentMap<String, Span> spans = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @Override
    public boolean mayHaveGaps() {
        return true;
    }

    @Override
    public boolean mayHaveEpochs() {
        return true;
    }

    /** Takes an event that a block of a stream or a receipt tells. */
    @Override
    public void heard(EventId id, String data, String whom) {
        Told before = told.putIfAbsent(id, new Told(data, whom));
        if (before == null) {
            spans.merge(id.epoch(), new Span(id.n(), id.n()), Span::and);
        } else if (!before.data().equals(data)) {
            wrong(id + " is " + data + " for " + whom + ", and was " + before.data() + " for " + before.whom());
        }
    }

    public @Nullable String data(EventId id) {
        Told event = told.get(id);
        return event == null ? null : event.data();
    }

    /** The first event of an epoch that anybody was told of; beyond all where there is none. */
    public long first(String epoch) {
        Span span = spans.get(epoch);
        return span == null ? Long.MAX_VALUE : span.first();
    }

    public EventId newest(String epoch) {
        Span span = spans.get(epoch);
        return new EventId(epoch, span == null ? 0 : span.last());
    }

    /** Something broke the promise. */
    @Override
    public void wrong(String what) {
        wrong.add(what);
    }

    /** Fails with what is wrong, once. */
    public void assertNothingWrong() {
        List<String> all = List.copyOf(wrong);
        wrong.removeAll(all);
        String first = all.stream().limit(SHOWN).collect(Collectors.joining("\n"));
        assertEquals("", first, () -> all.size() + " things are wrong");
    }
}
