package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.EventId;
import io.sluice.testing.Await;
import io.sluice.testing.CapturedOutput;
import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code /metrics} says of the streams of a node, and that it adds up. */
@ExtendWith(VertxExtension.class)
@SuppressWarnings("NullAway.Init")
class MetricsHttpTest {

    /** CONTRACTS.md 4. */
    private static final Set<String> NAMES = Set.of(
            "sluice_subscriptions",
            "sluice_subscriptions_opened_total",
            "sluice_closes_total",
            "sluice_events_total",
            "sluice_deliveries_total",
            "sluice_delivered_bytes_total",
            "sluice_delivery_seconds",
            "sluice_resumes_total",
            "sluice_gaps_total",
            "sluice_lost_total",
            "sluice_behind",
            "sluice_refused_total",
            "sluice_publish_seconds",
            "sluice_publish_failed_total",
            "sluice_dropped_total",
            "sluice_journal_events",
            "sluice_journal_bytes",
            "sluice_streams",
            "sluice_log_up",
            "sluice_members",
            "sluice_leading",
            "sluice_build_info");

    private static final String CONFIGURATION = """
            {
              "http": { "maxSubscriptions": 20 },
              "streams": {
                "events": { "lifetime": "0s", "addresses": ["ticks"], "history": { "bytes": "1MB" } },
                "short": { "lifetime": "20ms" },
                "chat/*": { "lifetime": "0s" }
              },
              "publish": { "enabled": true, "anonymous": true, "maxEvent": "50kB" }
            }
            """;

    private static final Pattern BLOCK =
            Pattern.compile("(event: gap\n)?id: (\\S+)\n(?:data: (\\{[^\n]*|[^\n]*)\n)?\n", Pattern.DOTALL);
    private static final String DATA = "x".repeat(16 * 1024);
    private static final int MANY = 1000;

    private CapturedOutput log;
    private AdminNode node;

    @BeforeEach
    void deploy(Vertx vertx) {
        log = new CapturedOutput();
        node = AdminNode.deploy(vertx, log, CONFIGURATION);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void eachNameOfTheContractIsThereFromTheStartAndIsZero() throws Exception {
        Scrape scrape = scrape();
        Set<String> found = scrape.metrics();
        found.removeIf(name -> !name.startsWith("sluice_"));
        assertEquals(NAMES, found);
        Set<String> present = Set.of("sluice_build_info", "sluice_members", "sluice_log_up", "sluice_leading");
        scrape.values().forEach((series, value) -> {
            boolean isThere = present.stream().anyMatch(series::startsWith)
                    || series.matches("sluice_streams\\{stream=\"(events|short)\"}");
            if (series.startsWith("sluice_")) {
                assertEquals(isThere ? 1 : 0, value, series);
            }
        });
        assertEquals(
                1,
                scrape.value("sluice_build_info{java=\"" + System.getProperty("java.version") + "\",version=\""
                        + Version.current() + "\"}"));
        assertTrue(scrape.names().contains("jvm_memory_used_bytes"), "those of the JVM");
    }

    @Test
    void whatWasDeliveredAndWhatWasLostIsWhatWasOwed(Vertx vertx) throws Exception {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            readers.add(new Reader("/events?replay=none"));
        }
        Reader slow = new Reader("/events?replay=none", 16 * 1024);
        Await.await("all have opened", () -> scrape().value("sluice_subscriptions{stream=\"events\"}") == 6);
        publish(vertx, MANY);
        String epoch = readers.get(0).readTo(MANY).epoch();
        for (Reader reader : readers) {
            reader.readTo(MANY);
        }
        assertEquals(1, scrape().value("sluice_behind{stream=\"events\"}"), "the one that does not read");

        slow.readTo(MANY);
        assertTrue(slow.lost > 0, "it was never lapped");
        readers.add(slow);
        readers.add(new Reader("/events?lastEventId=" + new EventId(epoch, MANY - 2)));
        readers.add(new Reader("/events?lastEventId=" + new EventId(epoch, 1)));
        readers.add(new Reader("/events?lastEventId=zzz-1"));
        readers.add(new Reader("/events?topic=no.topic.*&lastEventId=" + new EventId(epoch, 1)));
        readers.add(new Reader("/events?rate=1000&replay=none"));
        long polled = poll(new EventId(epoch, MANY - 5)) + poll(new EventId(epoch, MANY));
        Await.await("all have opened", () -> scrape().value("sluice_subscriptions{stream=\"events\"}") == 11);
        publish(vertx, 10);
        for (Reader reader : readers) {
            if (!reader.target.contains("no.topic")) {
                reader.readTo(MANY + 10);
            }
        }

        long owed = polled
                + readers.stream().mapToLong(reader -> reader.owed(MANY + 10)).sum();
        long lost = readers.stream().mapToLong(reader -> reader.lost).sum();
        long gaps = readers.stream().mapToLong(reader -> reader.gaps).sum();
        for (Reader reader : readers) {
            reader.client.close();
        }
        Await.await("all have gone", () -> scrape().value("sluice_subscriptions{stream=\"events\"}") == 0);
        Scrape scrape = scrape();
        assertEquals((double) owed, events(scrape, "deliveries") + events(scrape, "lost"));
        assertEquals((double) lost, events(scrape, "lost"));
        assertEquals(gaps + 1.0, events(scrape, "gaps"), "with that of the one to whom no topic passes");
        assertEquals(MANY + 10, events(scrape, "events"));
        assertEquals(13, events(scrape, "subscriptions_opened"));
        assertEquals(3, scrape.value("sluice_resumes_total{result=\"exact\",stream=\"events\"}"), "two of them polls");
        assertEquals(1, scrape.value("sluice_resumes_total{result=\"gap\",stream=\"events\"}"));
        assertEquals(2, scrape.value("sluice_resumes_total{result=\"unknown\",stream=\"events\"}"));
        assertEquals(2, scrape.value("sluice_closes_total{reason=\"answered\",stream=\"events\"}"));
        assertEquals(11, scrape.value("sluice_closes_total{reason=\"gone\",stream=\"events\"}"));
        assertEquals(13, scrape.sum("sluice_closes_total"));
        assertEquals(0, scrape.value("sluice_behind{stream=\"events\"}"));
        assertTrue(scrape.value("sluice_delivered_bytes_total{stream=\"events\"}")
                > events(scrape, "deliveries") * DATA.length());
        double slices = scrape.value("sluice_delivery_seconds_count{stream=\"events\"}");
        assertTrue(slices > 0 && slices <= MANY + 10, slices + " slices on one event loop");
        assertEquals(slices, scrape.value("sluice_delivery_seconds_bucket{stream=\"events\",le=\"+Inf\"}"));
    }

    private static double events(Scrape scrape, String metric) {
        return scrape.value("sluice_" + metric + "_total{stream=\"events\"}");
    }

    private void publish(Vertx vertx, int count) {
        for (int i = 0; i < count; i++) {
            vertx.eventBus().request("sluice.events", DATA).await();
        }
    }

    private long poll(EventId last) throws Exception {
        HttpResponse<String> answer = stream("/events?format=json&lastEventId=" + last, HttpRequest.newBuilder());
        JsonArray events = new JsonObject(answer.body()).getJsonArray("events");
        return events.size();
    }

    /** A client that counts what it gets. */
    private final class Reader {

        final String target;
        final RawClient client;
        private final boolean isRated;
        private long lost;
        private long gaps;
        private long got;
        private long start = -1;
        private EventId last = new EventId("none", 0);

        Reader(String target) throws Exception {
            this(target, 0);
        }

        Reader(String target, int buffer) throws Exception {
            this.target = target;
            this.client = new RawClient(node.port(), buffer);
            this.isRated = target.contains("rate=");
            client.send("GET " + target + " HTTP/1.1");
            client.head();
            if (target.contains("lastEventId=") && !target.contains("zzz")) {
                start = Long.parseLong(target.substring(target.lastIndexOf('-') + 1));
            }
        }

        Reader readTo(long n) throws Exception {
            while (last.n() < n || got == 0) {
                read(client.blocks(1));
            }
            return this;
        }

        private void read(String block) {
            Matcher matcher = BLOCK.matcher(block);
            if (!matcher.matches()) {
                return;
            }
            last = Objects.requireNonNull(EventId.parse(matcher.group(2)));
            if (matcher.group(1) != null) {
                Long told = new JsonObject(matcher.group(3)).getLong("lost");
                lost += told == null ? 0 : told;
                gaps++;
                start = told == null ? last.n() : start;
            } else if (matcher.group(3) != null) {
                got++;
            }
            start = start < 0 ? last.n() - (matcher.group(3) == null ? 0 : 1) : start;
        }

        String epoch() {
            return last.epoch();
        }

        /** All from where it began to the last event; with a rate, what it got; by topic, nothing here. */
        long owed(long upTo) {
            if (target.contains("topic=")) {
                return 0;
            }
            assertEquals(upTo, last.n(), target);
            long owed = upTo - start;
            assertTrue(
                    isRated ? got <= owed : got + lost == owed, target + ": " + got + " and " + lost + " of " + owed);
            return isRated ? got : owed;
        }
    }

    @Test
    void whoIsRefusedAndWhoseTimeIsOverAreCountedByReason() throws Exception {
        for (int i = 0; i < 3; i++) {
            stream("/short", HttpRequest.newBuilder());
        }
        List<Reader> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(new Reader("/events?replay=none"));
        }
        stream("/short", HttpRequest.newBuilder());
        stream("/chat/1", HttpRequest.newBuilder());
        for (Reader reader : all) {
            reader.client.close();
        }
        Scrape scrape = scrape();
        assertEquals(3, scrape.value("sluice_closes_total{reason=\"lifetime\",stream=\"short\"}"));
        assertEquals(1, scrape.value("sluice_refused_total{reason=\"overload\",stream=\"short\"}"));
        assertEquals(1, scrape.value("sluice_refused_total{reason=\"overload\",stream=\"chat/*\"}"));
        assertEquals(2, scrape.sum("sluice_refused_total"));
    }

    @Test
    void publishersAreCountedByDoorAndFailuresByStatus(Vertx vertx) throws Exception {
        assertEquals(201, post("/events", "text/plain", "hello"));
        assertEquals(201, post("/events?atomic=false", "application/x-ndjson", "1\n2\n"));
        assertEquals(415, post("/events", "text/strange", "hello"));
        assertEquals(400, post("/events", "application/json", "{"));
        assertEquals(413, post("/events", "text/plain", "x".repeat(60_000)));
        assertEquals(201, post("/chat/1?end=true", "text/plain", "bye"));
        assertEquals(409, post("/chat/1", "text/plain", "hello"));
        assertEquals(404, post("/chat/1?signal=stop", "text/plain", ""));
        vertx.eventBus().request("sluice.events", "hello").await();
        vertx.eventBus()
                .request("sluice.events", 1, new DeliveryOptions().addHeader("topic", "a b\n"))
                .otherwiseEmpty()
                .await();
        vertx.eventBus().publish("ticks", "hello");
        vertx.eventBus().publish("ticks", null);
        Await.await("the last one is dropped", () -> events(scrape(), "dropped") == 1);

        Scrape scrape = scrape();
        assertEquals(2, published(scrape, "http", "events"));
        assertEquals(2, published(scrape, "bus", "events"));
        assertEquals(1, published(scrape, "http", "chat/*"));
        for (int status : List.of(400, 413, 415)) {
            assertEquals(
                    1,
                    scrape.value(
                            "sluice_publish_failed_total{door=\"http\",status=\"" + status + "\",stream=\"events\"}"));
        }
        assertEquals(1, scrape.value("sluice_publish_failed_total{door=\"http\",status=\"409\",stream=\"chat/*\"}"));
        assertEquals(1, scrape.value("sluice_publish_failed_total{door=\"bus\",status=\"400\",stream=\"events\"}"));
        assertEquals(5, scrape.sum("sluice_publish_failed_total"), "a signal is none");
    }

    private static double published(Scrape scrape, String door, String stream) {
        return scrape.value("sluice_publish_seconds_count{door=\"" + door + "\",stream=\"" + stream + "\"}");
    }

    /** Those of the JVM come and go. */
    private static long ownSeries(Scrape scrape) {
        return scrape.values().keySet().stream()
                .filter(series -> series.startsWith("sluice_"))
                .count();
    }

    @Test
    void aThousandStreamsOfATemplateAreOneSeries() throws Exception {
        long before = ownSeries(scrape());
        for (int i = 0; i < 100; i++) {
            assertEquals(201, post("/chat/" + i, "text/plain", "hello"));
        }
        Scrape scrape = scrape();
        assertEquals(before, ownSeries(scrape));
        assertFalse(scrape.values().keySet().stream().anyMatch(series -> series.contains("chat/1")));
        assertEquals(100, scrape.value("sluice_streams{stream=\"chat/*\"}"));
        assertEquals(100, scrape.value("sluice_journal_events{stream=\"chat/*\"}"));
        assertTrue(scrape.value("sluice_journal_bytes{stream=\"chat/*\"}") > 500);
    }

    @Test
    void openMetricsIsForWhoeverAsksForIt() throws Exception {
        HttpResponse<String> text = node.get("/metrics");
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                text.headers().firstValue("content-type").orElse(""));
        assertEquals("no-store", text.headers().firstValue("cache-control").orElse(""));
        HttpResponse<String> open = node.send(node.request("/metrics")
                .header("Accept", "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4"));
        assertEquals(
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
                open.headers().firstValue("content-type").orElse(""));
        assertTrue(open.body().endsWith("# EOF\n"), open.body());
    }

    private Scrape scrape() throws Exception {
        return Scrape.of(node.get("/metrics").body());
    }

    private int post(String path, String type, String body) throws Exception {
        return stream(
                        path,
                        HttpRequest.newBuilder().header("Content-Type", type).POST(BodyPublishers.ofString(body)))
                .statusCode();
    }

    private HttpResponse<String> stream(String path, HttpRequest.Builder request) throws Exception {
        URI url = URI.create("http://127.0.0.1:" + node.port() + path);
        return HttpClient.newHttpClient().send(request.uri(url).build(), BodyHandlers.ofString());
    }
}
