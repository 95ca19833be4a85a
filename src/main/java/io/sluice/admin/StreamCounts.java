package io.sluice.admin;

import io.sluice.stream.CloseReason;
import io.sluice.stream.ResumeResult;
import io.sluice.stream.StreamListener;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Counts what happens to a stream, or to all streams of a template, since it was added to it. Any thread. */
public final class StreamCounts implements StreamListener {

    private final LongAdder opened = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder behind = new LongAdder();
    private final LongAdder[] closes = adders(CloseReason.values().length);
    private final LongAdder[] refused = adders(CloseReason.values().length);
    private final LongAdder[] resumes = adders(ResumeResult.values().length);
    private final RecentLatency latency = new RecentLatency(System::nanoTime);

    private static LongAdder[] adders(int count) {
        return Stream.generate(LongAdder::new).limit(count).toArray(LongAdder[]::new);
    }

    @Override
    public void appended(int count) {
        events.add(count);
    }

    @Override
    public void dropped() {
        dropped.increment();
    }

    @Override
    public void opened() {
        opened.increment();
    }

    @Override
    public void resumed(ResumeResult result) {
        resumes[result.ordinal()].increment();
    }

    @Override
    public void behind(int change) {
        behind.add(change);
    }

    @Override
    public void refused(CloseReason reason) {
        refused[reason.ordinal()].increment();
    }

    @Override
    public void delivered(long count, long size) {
        deliveries.add(count);
        bytes.add(size);
    }

    @Override
    public void written(long nanos) {
        latency.record(nanos);
    }

    @Override
    public void gap(@Nullable Long known) {
        gaps.increment();
        if (known != null) {
            lost.add(known);
        }
    }

    @Override
    public void closed(CloseReason reason) {
        closes[reason.ordinal()].increment();
    }

    /** How many subscriptions read on from a position of their own now. */
    public long behind() {
        return behind.sum();
    }

    /**
     * What is told of the stream.
     *
     * @param state what is not counted
     */
    public NodeReport.Stream report(State state) {
        // The ends first: whatever has ended has opened.
        long ended = Arrays.stream(closes).mapToLong(LongAdder::sum).sum();
        return new NodeReport.Stream(
                state.name(),
                state.template(),
                state.log(),
                state.up(),
                state.leading(),
                opened.sum() - ended,
                behind(),
                opened.sum(),
                counted(CloseReason.values(), closes),
                counted(CloseReason.values(), refused),
                events.sum(),
                deliveries.sum(),
                bytes.sum(),
                all(ResumeResult.values(), resumes),
                gaps.sum(),
                lost.sum(),
                dropped.sum(),
                0,
                0,
                state.journal(),
                state.streams(),
                latency.read());
    }

    /** Those that there were. */
    private static Map<String, Long> counted(Enum<?>[] names, LongAdder[] counts) {
        Map<String, Long> counted = all(names, counts);
        counted.values().removeIf(count -> count == 0);
        return counted;
    }

    private static Map<String, Long> all(Enum<?>[] names, LongAdder[] counts) {
        Map<String, Long> all = new LinkedHashMap<>();
        for (Enum<?> name : names) {
            all.put(name.name().toLowerCase(Locale.ROOT), counts[name.ordinal()].sum());
        }
        return all;
    }

    /** The state of a stream, as {@link NodeReport.Stream} has it. */
    public record State(
            String name,
            boolean template,
            String log,
            boolean up,
            @Nullable Boolean leading,
            NodeReport.Kept journal,
            int streams) {}
}
