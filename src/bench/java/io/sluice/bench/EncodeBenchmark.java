package io.sluice.bench;

import io.sluice.log.Event;
import io.sluice.log.EventFormat;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.sse.SseFormat;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures the frame of an event, which is made once for all its receivers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {

    private static final int SIZE = 100;

    private final EventId id = new EventId("k3f9a2", 1024);
    private final NewEvent publication = new NewEvent("prices.eur", null, Message.of(0, 0, SIZE));

    @Benchmark
    public EventFormat.Frame encode() {
        return SseFormat.INSTANCE.encode(Event.of(id, Instant.EPOCH, publication));
    }
}
