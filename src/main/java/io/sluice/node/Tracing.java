package io.sluice.node;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.vertx.core.spi.VertxTracerFactory;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The OpenTelemetry of the process, if there is one: of a Java agent, or of the environment (or system properties), by the names that
 * OpenTelemetry has for them. Otherwise no class of it is loaded.
 */
final class Tracing {

    /** One of these says where the spans go, and so that there shall be any. */
    private static final List<String> ASKING =
            List.of("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");

    private static final String AGENT = "io.opentelemetry.javaagent.OpenTelemetryAgent";

    /** The node's figures are at {@code /metrics}, and its log is its output. Whatever the environment says counts more. */
    private static final Map<String, String> DEFAULTS =
            Map.of("otel.service.name", "sluice", "otel.metrics.exporter", "none", "otel.logs.exporter", "none");

    private static final long FLUSH_SECONDS = 5;

    private final VertxTracerFactory factory;
    private final Runnable flush;

    private Tracing(VertxTracerFactory factory, Runnable flush) {
        this.factory = factory;
        this.flush = flush;
    }

    /** Null if nobody has asked for traces. */
    static @Nullable Tracing configured() {
        if (hasAgent()) {
            return new Tracing(new OpenTelemetryTracingFactory(GlobalOpenTelemetry.get()), () -> {});
        }
        return isAskedFor(System::getenv) || isAskedFor(Tracing::property) ? ofEnvironment() : null;
    }

    /** @param variables null for one that is not set */
    static boolean isAskedFor(UnaryOperator<@Nullable String> variables) {
        return !"true".equalsIgnoreCase(variables.apply("OTEL_SDK_DISABLED"))
                && ASKING.stream().anyMatch(name -> variables.apply(name) != null)
                && !"none".equals(variables.apply("OTEL_TRACES_EXPORTER"));
    }

    private static @Nullable String property(@Nullable String variable) {
        return System.getProperty(
                String.valueOf(variable).toLowerCase(Locale.ROOT).replace('_', '.'));
    }

    private static boolean hasAgent() {
        try {
            Class.forName(AGENT, false, ClassLoader.getSystemClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static Tracing ofEnvironment() {
        OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> DEFAULTS)
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk();
        return new Tracing(
                new OpenTelemetryTracingFactory(sdk), () -> sdk.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS));
    }

    VertxTracerFactory factory() {
        return factory;
    }

    /** Sends what is left, for up to {@value #FLUSH_SECONDS} s. After this nothing is sent any more. */
    void close() {
        flush.run();
    }
}
