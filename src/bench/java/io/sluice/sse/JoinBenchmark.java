package io.sluice.sse;

import io.netty.buffer.ByteBuf;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.sluice.stream.TopicFilter;
import java.time.Instant;
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

    private final byte[][] window = new byte[64][];
    private final Audience audience = new Audience(TopicFilter.ALL);
    private int next;

    public JoinBenchmark() {
        for (int i = 0; i < window.length; i++) {
            Event event =
                    Event.of(new EventId("k3f9a2", i + 1), Instant.EPOCH, new NewEvent("t", null, "x".repeat(100)));
            window[i] = SseFormat.INSTANCE.encode(event).bytes();
        }
        audience.seat(FakeWritePath.subscription(1, audience));
    }

    @Benchmark
    public int join() {
        for (int i = 0; i < events; i++) {
            audience.collect(next, window[next++ % window.length]);
        }
        ByteBuf chunk = audience.slice().chunk();
        int bytes = chunk.readableBytes();
        chunk.release();
        audience.release();
        return bytes;
    }
}
