package io.sluice.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is measured of a node, for Prometheus: its streams, the JVM, and Vert.x if the node's launcher has started it. Every series is
 * there from the start, so that its rate is known. Any thread.
 */
public final class Metrics implements Shareable, AutoCloseable {

    /** The content type of the text that every collector reads. */
    public static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    /** The content type of OpenMetrics. */
    public static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final String OFFERED = "io.sluice.metrics";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /**
     * All figures, as text.
     *
     * @param contentType {@link #TEXT} or {@link #OPEN_METRICS}
     */
    public record Scrape(String contentType, String text) {}

    private Metrics() {
        registry.config().meterFilter(new Buffers());
        List<MeterBinder> process = List.of(
                new JvmMemoryMetrics(),
                collections,
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        process.forEach(binder -> binder.bindTo(registry));
    }

    /** Of Netty's buffers that which is used, and not by a number that is another one at each start. */
    private static final class Buffers implements MeterFilter {

        private static final String PREFIX = "netty.allocator.";

        @Override
        public MeterFilterReply accept(Meter.Id id) {
            boolean isUsed = id.getName().equals(PREFIX + "memory.used");
            return isUsed || !id.getName().startsWith(PREFIX) ? MeterFilterReply.NEUTRAL : MeterFilterReply.DENY;
        }

        @Override
        public Meter.Id map(Meter.Id id) {
            return id.getName().startsWith(PREFIX)
                    ? id.replaceTags(id.getTags().stream()
                            .filter(tag -> !tag.getKey().equals("id"))
                            .toList())
                    : id;
        }
    }

    /** Begins to measure the JVM. */
    public static Metrics open() {
        return new Metrics();
    }

    /** Has the node of a Vert.x use these, since they measure Vert.x itself. */
    public void offer(Vertx vertx) {
        offered(vertx).put(OFFERED, this);
    }

    /** Those that are offered to the node of a Vert.x, to one node and once; otherwise new ones. The caller closes them. */
    public static Metrics take(Vertx vertx) {
        Metrics offered = offered(vertx).remove(OFFERED);
        return offered == null ? open() : offered;
    }

    private static LocalMap<String, Metrics> offered(Vertx vertx) {
        return vertx.sharedData().getLocalMap(OFFERED);
    }

    /** Measures a stream, or the streams of a template. */
    public void bind(StreamFigures figures) {
        new StreamMeters(registry, figures).bind();
    }

    /**
     * Measures what a node is.
     *
     * @param version of Sluice
     * @param members how many members its cluster has now, as far as it knows: 1 if it is alone
     */
    public void bindNode(String version, IntSupplier members) {
        Gauge.builder("sluice.build.info", () -> 1)
                .description("The version of the node, and of its Java")
                .tag("version", version)
                .tag("java", System.getProperty("java.version"))
                .register(registry);
        Gauge.builder("sluice.members", members::getAsInt)
                .description("Members of the cluster that this node sees, itself too")
                .register(registry);
    }

    /** Where other things can be measured. */
    public MeterRegistry registry() {
        return registry;
    }

    /** All figures as they are now, in the text that every collector reads. */
    public String scrape() {
        return registry.scrape(TEXT);
    }

    /**
     * All figures as they are now.
     *
     * @param accept the header of the request, or null: OpenMetrics if it names that
     */
    public Scrape scrape(@Nullable String accept) {
        String type = accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        return new Scrape(type, registry.scrape(type));
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
