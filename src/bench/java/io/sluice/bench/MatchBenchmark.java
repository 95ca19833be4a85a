package io.sluice.bench;

import io.sluice.stream.TopicFilter;
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

/** Measures a filter's answer about one event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MatchBenchmark {

    @Param({"prices.eur.usd", "prices.*.usd", "prices.>"})
    public String pattern = "";

    private final String topic = "prices.eur.usd";
    private TopicFilter filter = TopicFilter.ALL;

    @Setup
    public void open() {
        filter = TopicFilter.of(List.of(pattern));
    }

    @Benchmark
    public boolean match() {
        return filter.matches(topic);
    }
}
