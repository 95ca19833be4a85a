package io.sluice.bench;

import java.nio.charset.Charset;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Measures single steps of an event's way, in time and garbage, by JMH. Each benchmark prints one line. */
final class Microbenchmarks implements OutputFormat {

    // Iterations to warm up, and as many to measure.
    private static final int ITERATIONS = 5;
    private static final TimeValue ITERATION = TimeValue.seconds(1);
    // Bytes per operation.
    private static final String GARBAGE = "gc.alloc.rate.norm";

    private final ProgressLine progress = new ProgressLine("jmh");
    private final StringBuilder trouble = new StringBuilder();

    /** Runs those whose names a pattern is found in, and answers whether all went well. */
    boolean run(String pattern) {
        Options options = new OptionsBuilder()
                .include(pattern)
                .forks(1)
                .warmupIterations(ITERATIONS)
                .warmupTime(ITERATION)
                .measurementIterations(ITERATIONS)
                .measurementTime(ITERATION)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .build();
        try {
            return !new Runner(options, this).run().isEmpty();
        } catch (RunnerException e) {
            System.err.println("jmh: " + e.getMessage() + "\n" + trouble);
            return false;
        }
    }

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams iterations, int iteration) {
        progress.say(name(benchmark) + ", " + iterations.getType() + " " + iteration + " of " + iterations.getCount());
    }

    @Override
    public void iterationResult(
            BenchmarkParams benchmark, IterationParams iterations, int iteration, IterationResult result) {
        // Output before this belongs to no failure.
        trouble.setLength(0);
    }

    @Override
    public void startBenchmark(BenchmarkParams benchmark) {
        progress.say(name(benchmark));
    }

    @Override
    public void endBenchmark(BenchmarkResult result) {
        Result<?> time = result.getPrimaryResult();
        Result<?> garbage = result.getSecondaryResults().get(GARBAGE);
        progress.conclude(String.format(
                Locale.ROOT,
                "%-45s %9.1f +- %.1f %s %9.0f B/op",
                name(result.getParams()),
                time.getScore(),
                time.getScoreError(),
                time.getScoreUnit(),
                garbage == null ? Double.NaN : garbage.getScore()));
    }

    /** As {@code JoinBenchmark.join, events=16}. */
    private static String name(BenchmarkParams benchmark) {
        String name = benchmark.getBenchmark().replaceAll(".*\\.([^.]+\\.[^.]+)$", "$1");
        return benchmark.getParamsKeys().stream()
                .map(key -> ", " + key + "=" + benchmark.getParam(key))
                .collect(Collectors.joining("", name, ""));
    }

    // ---- what JMH would print

    @Override
    public void startRun() {}

    @Override
    public void endRun(Collection<RunResult> result) {}

    @Override
    public void print(String text) {
        trouble.append(text);
    }

    @Override
    public void println(String text) {
        trouble.append(text).append('\n');
    }

    @Override
    public void verbosePrintln(String text) {}

    @Override
    public void write(int b) {
        trouble.append((char) b);
    }

    @Override
    public void write(byte[] bytes) {
        trouble.append(new String(bytes, Charset.defaultCharset()));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
