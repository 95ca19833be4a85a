package io.sluice.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.sluice.stream.PublishDoor;
import io.sluice.stream.StreamListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/** The meters of one stream: they read its {@link StreamFigures}, and record how long things take. */
final class StreamMeters implements StreamListener {

    /** From 100 microseconds to 10 s. */
    private static final Duration[] BUCKETS = LongStream.of(
                    100,
                    250,
                    500,
                    1_000,
                    2_500,
                    5_000,
                    10_000,
                    25_000,
                    50_000,
                    100_000,
                    250_000,
                    500_000,
                    1_000_000,
                    2_500_000,
                    5_000_000,
                    10_000_000)
            .mapToObj(micros -> Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)))
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final StreamFigures figures;
    private final Tags stream;
    private final Timer delivery;
    private final Timer publishedByHttp;
    private final Timer publishedByBus;

    StreamMeters(MeterRegistry registry, StreamFigures figures) {
        this.registry = registry;
        this.figures = figures;
        this.stream = Tags.of("stream", figures.name());
        this.delivery = timer(
                "sluice.delivery", "From the arrival of an event at this node to the end of its writing", Tags.empty());
        this.publishedByHttp = published(PublishDoor.HTTP);
        this.publishedByBus = published(PublishDoor.BUS);
    }

    private Timer published(PublishDoor door) {
        return timer("sluice.publish", "From a batch to its receipt", Tags.of("door", StreamFigures.word(door)));
    }

    private Timer timer(String name, String description, Tags tags) {
        return Timer.builder(name)
                .description(description)
                .tags(stream.and(tags))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    @Override
    public void written(long nanos) {
        delivery.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void published(PublishDoor door, long nanos) {
        (door == PublishDoor.HTTP ? publishedByHttp : publishedByBus).record(nanos, TimeUnit.NANOSECONDS);
    }

    void bind() {
        figures.addListener(this);
        bindSubscriptions();
        bindEvents();
        bindPublishing();
        bindLog();
    }

    private void bindSubscriptions() {
        gauge("subscriptions", "Open subscriptions", StreamFigures::subscriptions);
        gauge("behind", "Subscriptions that read on from a position of their own", StreamFigures::behind);
        counter("subscriptions.opened", "Subscriptions that have opened, polls too", StreamFigures::allOpened);
        figures.closes()
                .forEach((reason, closed) ->
                        counter("closes", "Subscriptions that have ended", "reason", reason, closed));
        figures.refused()
                .forEach((reason, refused) ->
                        counter("refused", "Clients that were told to come back later", "reason", reason, refused));
        figures.resumes()
                .forEach((result, resumed) -> counter(
                        "resumes", "Clients that came back, by what they were told", "result", result, resumed));
    }

    private void bindEvents() {
        counter("events", "Events that have reached this node's journal", StreamFigures::events);
        counter("deliveries", "Events times the subscribers that they were written to", StreamFigures::deliveries);
        counter("delivered.bytes", "Bytes of the deliveries", StreamFigures::bytes);
        counter("gaps", "Gaps that subscribers were told of", StreamFigures::gaps);
        counter("lost", "Events in those gaps, as far as it is known", StreamFigures::lost);
    }

    private void bindPublishing() {
        counter(
                "dropped",
                "Messages on the bus that were not taken, and had no sender to be told",
                StreamFigures::allDropped);
        figures.publishFailures().all().forEach(count -> FunctionCounter.builder(
                        "sluice.publish.failed", count.failed(), LongAdder::sum)
                .description("Publishers that were refused, or failed, and were told")
                .tags(stream.and("door", StreamFigures.word(count.door()), "status", count.status()))
                .register(registry));
    }

    private void bindLog() {
        gauge("journal.events", "Events that this node holds", of -> of.held().events());
        gauge("journal.bytes", "Bytes of the events that this node holds", of -> of.held()
                .bytes());
        gauge("streams", "Streams of a template at this node; 1 of a declared one", of -> of.held()
                .streams());
        gauge("log.up", "1 if events can be published, and arrive here", of -> of.isUp() ? 1 : 0);
        gauge("leading", "1 if this node leads the log; of a template, how many of its shards", StreamFigures::leads);
    }

    private void gauge(String name, String description, ToDoubleFunction<StreamFigures> value) {
        Gauge.builder("sluice." + name, figures, value)
                .description(description)
                .tags(stream)
                .register(registry);
    }

    private void counter(String name, String description, ToDoubleFunction<StreamFigures> value) {
        FunctionCounter.builder("sluice." + name, figures, value)
                .description(description)
                .tags(stream)
                .register(registry);
    }

    private void counter(String name, String description, String label, Enum<?> of, LongAdder value) {
        FunctionCounter.builder("sluice." + name, value, LongAdder::sum)
                .description(description)
                .tags(stream.and(label, StreamFigures.word(of)))
                .register(registry);
    }
}
