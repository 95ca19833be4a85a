package io.sluice.metrics;

import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Vert.x' own metrics: its HTTP servers, its bus, and its pools of threads. Nothing by path, method or address, of which clients make as
 * many as they like; nothing of sockets that are not HTTP.
 */
public final class VertxMeters {

    /** A registry of the process, which nothing else gets by its name. */
    private static final String REGISTRY = "sluice";

    private static final Set<Label> LABELS =
            EnumSet.of(Label.LOCAL, Label.HTTP_CODE, Label.EB_SIDE, Label.EB_FAILURE, Label.POOL_TYPE, Label.POOL_NAME);

    private static final Set<MetricsDomain> OFF = EnumSet.complementOf(
            EnumSet.of(MetricsDomain.HTTP_SERVER, MetricsDomain.EVENT_BUS, MetricsDomain.NAMED_POOLS));

    private VertxMeters() {}

    /** What a Vert.x is to be built with, so that it is measured too. */
    public static VertxMetricsFactory factory(Metrics metrics) {
        MicrometerMetricsOptions measured = new MicrometerMetricsOptions()
                .setEnabled(true)
                .setRegistryName(REGISTRY)
                .setNettyMetricsEnabled(true)
                .setLabels(LABELS);
        OFF.forEach(measured::addDisabledMetricsCategory);
        VertxMetricsFactory factory = new MicrometerMetricsFactory(metrics.registry());
        return options -> factory.metrics(new VertxOptions(options).setMetricsOptions(measured));
    }
}
