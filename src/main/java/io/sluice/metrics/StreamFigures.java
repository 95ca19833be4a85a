package io.sluice.metrics;

import io.sluice.log.Held;
import io.sluice.stream.CloseReason;
import io.sluice.stream.EventStream;
import io.sluice.stream.PublishDoor;
import io.sluice.stream.ResumeResult;
import io.sluice.stream.StreamListener;
import io.sluice.stream.StreamTemplate;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to one stream at this node, or to all streams of a template together, from when it was made on. The one source of
 * the numbers in {@code /metrics} and in {@code /api/node}. A call of the engine costs an addition, and no memory. Any thread.
 */
public final class StreamFigures implements StreamListener {

    private final Source source;
    private final Map<CloseReason, LongAdder> closes = adders(CloseReason.class);
    private final Map<CloseReason, LongAdder> refused = adders(CloseReason.class);
    private final Map<ResumeResult, LongAdder> resumes = adders(ResumeResult.class);
    private final LongAdder opened = new LongAdder();
    private final LongAdder behind = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final Flow flow = new Flow();
    private final Publishing publishing = new Publishing();

    /** What reaches the clients. */
    private static final class Flow {

        private final LongAdder deliveries = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final LongAdder gaps = new LongAdder();
        private final LongAdder lost = new LongAdder();
        private final RecentLatency latency = new RecentLatency(System::nanoTime);
    }

    /** What comes from publishers. */
    private static final class Publishing {

        private final LongAdder published = new LongAdder();
        private final LongAdder dropped = new LongAdder();
        private final PublishFailures failures = new PublishFailures();
    }

    /** What the stream itself knows. */
    private record Source(
            String name,
            boolean template,
            String log,
            BooleanSupplier up,
            IntSupplier leads,
            Supplier<Held> held,
            Consumer<StreamListener> listeners) {}

    private StreamFigures(Source source) {
        this.source = source;
    }

    /**
     * Counts for a declared stream from now on.
     *
     * @param log the name of its log, as it is told
     */
    public static StreamFigures of(EventStream stream, String log) {
        return begin(new Source(
                stream.name(),
                false,
                log,
                stream::isFollowing,
                () -> stream.isLeading() ? 1 : 0,
                stream::held,
                stream::addListener));
    }

    /** Counts for the streams of a template from now on. */
    public static StreamFigures of(StreamTemplate template, String log) {
        return begin(new Source(
                template.fullName("*"),
                true,
                log,
                template::isFollowing,
                template::leads,
                template::held,
                template::addListener));
    }

    private static StreamFigures begin(Source source) {
        StreamFigures figures = new StreamFigures(source);
        figures.addListener(figures);
        return figures;
    }

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> keys) {
        Map<E, LongAdder> adders = new EnumMap<>(keys);
        for (E key : keys.getEnumConstants()) {
            adders.put(key, new LongAdder());
        }
        return adders;
    }

    private static <E extends Enum<E>> void count(Map<E, LongAdder> adders, E key) {
        LongAdder adder = adders.get(key);
        if (adder != null) {
            adder.increment();
        }
    }

    // ---- what the engine tells

    @Override
    public void appended(int count) {
        events.add(count);
    }

    @Override
    public void published(PublishDoor door, long nanos) {
        publishing.published.increment();
    }

    @Override
    public void publishFailed(PublishDoor door, int status) {
        publishing.failures.count(door, status);
    }

    @Override
    public void dropped() {
        publishing.dropped.increment();
    }

    @Override
    public void opened() {
        opened.increment();
    }

    @Override
    public void resumed(ResumeResult result) {
        count(resumes, result);
    }

    @Override
    public void behind(int change) {
        behind.add(change);
    }

    @Override
    public void refused(CloseReason reason) {
        count(refused, reason);
    }

    @Override
    public void delivered(long count, long bytes) {
        flow.deliveries.add(count);
        flow.bytes.add(bytes);
    }

    @Override
    public void written(long nanos) {
        flow.latency.record(nanos);
    }

    @Override
    public void gap(@Nullable Long lost) {
        flow.gaps.increment();
        flow.lost.add(lost == null ? 0 : lost);
    }

    @Override
    public void closed(CloseReason reason) {
        count(closes, reason);
    }

    // ---- who asks

    /** The declared name, or the template: {@code chat/*}. */
    public String name() {
        return source.name;
    }

    /** Has another one told of the same from now on. */
    void addListener(StreamListener listener) {
        source.listeners.accept(listener);
    }

    boolean isUp() {
        return source.up.getAsBoolean();
    }

    int leads() {
        return source.leads.getAsInt();
    }

    Held held() {
        return source.held.get();
    }

    long subscriptions() {
        // In this order: who has closed has opened before.
        long closed = closes.values().stream().mapToLong(LongAdder::sum).sum();
        return opened.sum() - closed;
    }

    long behind() {
        return Math.max(0, behind.sum());
    }

    long allOpened() {
        return opened.sum();
    }

    long events() {
        return events.sum();
    }

    long deliveries() {
        return flow.deliveries.sum();
    }

    long bytes() {
        return flow.bytes.sum();
    }

    long gaps() {
        return flow.gaps.sum();
    }

    long lost() {
        return flow.lost.sum();
    }

    long allDropped() {
        return publishing.dropped.sum();
    }

    Map<CloseReason, LongAdder> closes() {
        return closes;
    }

    Map<CloseReason, LongAdder> refused() {
        return refused;
    }

    Map<ResumeResult, LongAdder> resumes() {
        return resumes;
    }

    PublishFailures publishFailures() {
        return publishing.failures;
    }

    /** All of it, as it is now. It may have been read in the middle of a change. */
    public StreamSnapshot snapshot() {
        Held held = held();
        return new StreamSnapshot(
                source.name,
                source.template,
                source.log,
                isUp(),
                leads() > 0,
                subscriptions(),
                behind(),
                allOpened(),
                byName(closes),
                byName(refused),
                events(),
                deliveries(),
                bytes(),
                new StreamSnapshot.Resumes(of(ResumeResult.EXACT), of(ResumeResult.GAP), of(ResumeResult.UNKNOWN)),
                gaps(),
                lost(),
                allDropped(),
                publishing.published.sum(),
                publishing.failures.sum(),
                new StreamSnapshot.Journal(held.events(), held.bytes()),
                held.streams(),
                flow.latency.quantiles());
    }

    private long of(ResumeResult result) {
        LongAdder adder = resumes.get(result);
        return adder == null ? 0 : adder.sum();
    }

    private static <E extends Enum<E>> Map<String, Long> byName(Map<E, LongAdder> adders) {
        Map<String, Long> counts = new LinkedHashMap<>();
        adders.forEach((key, adder) -> {
            if (adder.sum() > 0) {
                counts.put(word(key), adder.sum());
            }
        });
        return counts;
    }

    /** How a value is named: in lower case. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
