package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.process.FreePorts;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tracer sees of a node: the spans, and whose parts they are. */
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class TracingTest {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1" },
              "streams": { "events": { "lifetime": "0s", "replay": "all" }, "chat/*": {} },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + CALLER + "-01";

    @TempDir
    private Path webroot;

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private Vertx vertx;
    private int port;

    @BeforeEach
    void start() throws Exception {
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        vertx = Vertx.builder().withTracer(new OpenTelemetryTracingFactory(sdk)).build();
        port = FreePorts.inARow(1);
        JsonObject config = ConfigReader.parse(CONFIGURATION);
        config.getJsonObject("http").put("port", port).put("webroot", webroot.toString());
        vertx.deployVerticle(new NodeVerticle(), new DeploymentOptions().setConfig(config))
                .await(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    private String exchange(String head, String body) throws Exception {
        return RawClient.exchange(
                port,
                head + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\ntraceparent: " + TRACEPARENT
                        + "\r\nContent-Type: text/plain\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private SpanData await(Predicate<SpanData> wanted) throws Exception {
        Await.await(
                "the span is over", () -> spans.getFinishedSpanItems().stream().anyMatch(wanted));
        return spans.getFinishedSpanItems().stream().filter(wanted).findFirst().orElseThrow();
    }

    private SpanData named(String name) throws Exception {
        return await(span -> span.getName().equals(name));
    }

    private static String tag(SpanData span, String name) {
        return String.valueOf(span.getAttributes().asMap().entrySet().stream()
                .filter(tag -> tag.getKey().getKey().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null));
    }

    @Test
    void aPostIsASpanOfItsCallersTraceWithThePublishInIt() throws Exception {
        String answer = exchange("POST /events", "hello");
        SpanData publish = named("publish events");
        SpanData post = await(span -> span.getSpanId().equals(publish.getParentSpanId()));
        assertEquals(TRACE, publish.getTraceId());
        assertEquals(CALLER, post.getParentSpanId());
        assertEquals("events", tag(publish, "messaging.destination.name"));
        assertEquals("1", tag(publish, "messaging.batch.message_count"));
        assertTrue(answer.contains('"' + tag(publish, "messaging.message.id") + '"'), answer);
    }

    @Test
    void aStreamByNameIsATagAndNoName() throws Exception {
        exchange("POST /chat/42", "hello");
        assertEquals("chat/42", tag(named("publish chat/*"), "messaging.destination.name"));
    }

    @Test
    void aPublishThatFailsHasItsException() throws Exception {
        exchange("POST /chat/42?end=true", "the last one");
        exchange("POST /chat/42", "one more");
        SpanData failed = await(span -> !span.getEvents().isEmpty());
        assertEquals("publish chat/*", failed.getName());
        assertEquals("exception", failed.getEvents().get(0).getName());
    }

    @Test
    void aSubscriptionIsASpanForItsOpeningWithinOneForAllOfIt() throws Exception {
        try (RawClient client = RawClient.get(port, "/events?topic=a.*")) {
            SpanData subscribe = named("subscribe events");
            assertEquals("events", tag(subscribe, "messaging.destination.name"));
            assertTrue(tag(subscribe, "sluice.topics").contains("a.*"), subscribe::toString);
            assertFalse(spans.getFinishedSpanItems().stream()
                    .anyMatch(span -> span.getSpanId().equals(subscribe.getParentSpanId())));
            client.reset();
            await(span -> span.getSpanId().equals(subscribe.getParentSpanId()));
        }
    }

    @Test
    void aMessageOnTheBusHandsItsTraceOn() throws Exception {
        vertx.eventBus()
                .request("sluice.events", "hello", new DeliveryOptions().addHeader("traceparent", TRACEPARENT))
                .await(20, TimeUnit.SECONDS);
        assertEquals(TRACE, named("publish events").getTraceId());
    }

    @Test
    void aSignalHandsTheTraceOfItsPostOnToTheConsumer() throws Exception {
        Promise<String> heard = Promise.promise();
        vertx.eventBus()
                .consumer(
                        "sluice.signals.chat",
                        signal -> heard.tryComplete(signal.headers().get("traceparent")));
        exchange("POST /chat/42?signal=stop", "");
        String traceparent = Objects.requireNonNull(heard.future().await(20, TimeUnit.SECONDS));
        assertTrue(traceparent.startsWith("00-" + TRACE), traceparent);
    }

    @Test
    void nobodyIsTracedUnlessAnExporterIsNamed() {
        assertFalse(Tracing.isAskedFor(name -> null));
        assertFalse(Tracing.isAskedFor(Map.of("OTEL_SERVICE_NAME", "node")::get));
        assertFalse(Tracing.isAskedFor(Map.of("OTEL_TRACES_EXPORTER", "none")::get));
        assertFalse(Tracing.isAskedFor(Map.of("OTEL_TRACES_EXPORTER", "otlp", "OTEL_SDK_DISABLED", "true")::get));
        for (String name : List.of("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT")) {
            assertTrue(Tracing.isAskedFor(Map.of(name, "otlp")::get), name);
        }
        assertNull(Tracing.configured());
    }
}
