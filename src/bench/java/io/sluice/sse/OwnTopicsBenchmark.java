package io.sluice.sse;

import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.JournalWriter;
import io.sluice.log.NewEvent;
import io.sluice.stream.TopicFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures the search for the one receiver of an event among subscribers to other topics. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OwnTopicsBenchmark {

    @Param({"10", "10000"})
    public int subscribers;

    private final Audiences audiences = new Audiences();
    private final List<Audience> dirty = new ArrayList<>();
    private final Journal.Entry[] entries = new Journal.Entry[8];
    private final TurnBudget turn = new TurnBudget(() -> 0);
    private int next;

    @Setup
    public void open() {
        for (int i = 0; i < subscribers; i++) {
            Audience audience =
                    audiences.join(new Audience.Key(TopicFilter.of(List.of("topic." + i)), PlainAudience.ENCODING));
            audience.seat(FakeWritePath.subscription(i, audience));
        }
        JournalWriter writer = new JournalWriter(History.of(null, Duration.ofDays(365), null), InstantSource.system());
        EventId empty = new EventId("k3f9a2", 0);
        writer.reset(Epochs.startingAt(empty), 0, List.of());
        for (int i = 0; i < entries.length; i++) {
            writer.append(List.of(Event.of(empty.at(i + 1), Instant.EPOCH, new NewEvent("topic." + i, null, ""))));
            entries[i] = writer.journal().read(i + 1);
        }
    }

    @Benchmark
    public int collect() {
        audiences.begin(entries[next++ % entries.length]);
        audiences.collect(dirty, turn);
        int receivers = dirty.size();
        dirty.forEach(Audience::release);
        dirty.clear();
        return receivers;
    }
}
