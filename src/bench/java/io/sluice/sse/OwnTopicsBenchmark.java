package io.sluice.sse;

import io.sluice.stream.TopicFilter;
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
    private final String[] topics = new String[8];
    private final byte[] frame = {};
    private final TurnBudget turn = new TurnBudget(() -> 0);
    private int next;

    @Setup
    public void open() {
        for (int i = 0; i < subscribers; i++) {
            Audience audience = audiences.join(TopicFilter.of(List.of("topic." + i)));
            audience.seat(FakeWritePath.subscription(i, audience));
        }
        for (int i = 0; i < topics.length; i++) {
            topics[i] = "topic." + i;
        }
    }

    @Benchmark
    public int collect() {
        audiences.begin(next, topics[next++ % topics.length], frame);
        audiences.collect(dirty, turn);
        int receivers = dirty.size();
        dirty.forEach(Audience::release);
        dirty.clear();
        return receivers;
    }
}
