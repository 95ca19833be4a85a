package io.sluice.sse;

import io.netty.buffer.ByteBuf;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures the slice that an audience makes of one wake-up's events. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JoinBenchmark {

    @Param({"1", "16"})
    public int events;

    private final Journal.Entry[] window = new Journal.Entry[64];
    private final Audience audience = PlainAudience.of(TopicFilter.ALL);
    private int next;

    public JoinBenchmark() {
        JournalWriter writer = new JournalWriter(History.of(null, Duration.ofDays(365), null), InstantSource.system());
        writer.journal().use(SseFormat.INSTANCE);
        EventId empty = new EventId("k3f9a2", 0);
        writer.reset(Epochs.startingAt(empty), 0, List.of());
        for (int i = 0; i < window.length; i++) {
            Event event = Event.of(empty.at(i + 1), Instant.EPOCH, new NewEvent("t", null, "x".repeat(100)));
            writer.append(List.of(event));
            window[i] = writer.journal().read(i + 1);
        }
        audience.seat(FakeWritePath.subscription(1, audience));
    }

    @Benchmark
    public int join() {
        for (int i = 0; i < events; i++) {
            audience.collect(window[next++ % window.length]);
        }
        ByteBuf chunk = audience.slice().chunk();
        int bytes = chunk.readableBytes();
        chunk.release();
        audience.release();
        return bytes;
    }
}
