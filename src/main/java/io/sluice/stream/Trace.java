package io.sluice.stream;

import io.sluice.log.Batch;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.tracing.SpanKind;
import io.vertx.core.spi.tracing.TagExtractor;
import io.vertx.core.spi.tracing.VertxTracer;
import io.vertx.core.tracing.TracingPolicy;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One span of the tracer that the Vert.x instance has, such as {@code vertx-opentelemetry}; part of the trace that the context is in, or
 * the first of one. Where Vert.x has no tracer nothing is made. Any thread.
 */
public final class Trace {

    private static final TagExtractor<List<Map.Entry<String, String>>> TAGS = new TagExtractor<>() {

        @Override
        public int len(List<Map.Entry<String, String>> tags) {
            return tags.size();
        }

        @Override
        public String name(List<Map.Entry<String, String>> tags, int index) {
            return tags.get(index).getKey();
        }

        @Override
        public String value(List<Map.Entry<String, String>> tags, int index) {
            return tags.get(index).getValue();
        }
    };

    private final ContextInternal context;
    private final VertxTracer<?, Object> tracer;
    private final @Nullable Object span;

    private Trace(ContextInternal context, VertxTracer<?, Object> tracer, @Nullable Object span) {
        this.context = context;
        this.tracer = tracer;
        this.span = span;
    }

    /**
     * Begins a span.
     *
     * @param context has the trace that the span becomes a part of, if it is in one
     * @param operation what is done, such as {@code publish}
     * @param declared what it is done to, as it is declared: {@code events}, or {@code chat/*}
     * @param tags what else is known of it; asked for only if there is a tracer
     * @return null if there is no tracer
     */
    @SuppressWarnings("unchecked")
    public static @Nullable Trace begin(
            ContextInternal context,
            String operation,
            String declared,
            Supplier<List<Map.Entry<String, String>>> tags) {
        VertxTracer<?, Object> tracer = (VertxTracer<?, Object>) context.tracer();
        return tracer == null
                ? null
                : new Trace(
                        context,
                        tracer,
                        tracer.sendRequest(
                                context,
                                SpanKind.MESSAGING,
                                TracingPolicy.ALWAYS,
                                tags.get(),
                                operation + " " + declared,
                                (name, value) -> {},
                                TAGS));
    }

    /**
     * Has a span for what is published, until there is a receipt.
     *
     * @param declared as of {@link #begin}
     * @param stream the full name
     */
    static Future<Receipt> publish(
            VertxInternal vertx, String declared, String stream, Batch batch, Supplier<Future<Receipt>> publishing) {
        if (vertx.tracer() == null) {
            return publishing.get();
        }
        Trace trace = begin(
                vertx.getOrCreateContext(),
                "publish",
                declared,
                () -> List.of(
                        Map.entry("messaging.destination.name", stream),
                        Map.entry(
                                "messaging.batch.message_count",
                                Integer.toString(batch.events().size()))));
        if (trace == null) {
            return publishing.get();
        }
        return publishing
                .get()
                .onComplete(
                        receipt ->
                                trace.end(List.of(Map.entry("messaging.message.id", String.valueOf(receipt.last())))),
                        trace::fail);
    }

    /** Ends it well. */
    public void end(List<Map.Entry<String, String>> tags) {
        tracer.receiveResponse(context, tags, span, null, TAGS);
    }

    /** Ends it with a failure. */
    public void fail(Throwable failure) {
        tracer.receiveResponse(context, List.of(), span, failure, TAGS);
    }
}
