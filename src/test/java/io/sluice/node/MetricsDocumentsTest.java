package io.sluice.node;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sluice.metrics.Metrics;
import io.sluice.metrics.VertxMeters;
import io.sluice.testing.Await;
import io.sluice.testing.CapturedOutput;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page on metrics, and the dashboard for Grafana, name what a node has that the launcher has started, and nothing else. */
@SuppressWarnings("NullAway.Init")
class MetricsDocumentsTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\|(.*)\\|$");
    private static final Pattern LABEL = Pattern.compile("([a-z]+)=\"");
    private static final Pattern QUERIED = Pattern.compile("\\b(?:sluice|jvm|process|netty|vertx)_[a-z0-9_]+");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static CapturedOutput log;
    private static Vertx vertx;
    private static Scrape scrape;

    @BeforeAll
    static void scrape() throws Exception {
        log = new CapturedOutput();
        Metrics metrics = Metrics.open();
        vertx = Vertx.builder().withMetrics(VertxMeters.factory(metrics)).build();
        metrics.offer(vertx);
        AdminNode node = AdminNode.deploy(
                vertx, log, "{\"streams\": {\"events\": {\"addresses\": [\"ticks\"]}, \"chat/*\": {}}}");
        HttpRequest live = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/health/live"))
                .build();
        HttpClient.newHttpClient().send(live, BodyHandlers.discarding());
        vertx.eventBus().publish("ticks", "hello");
        System.gc();
        Await.await("the collection is told of", () -> {
            scrape = Scrape.of(node.get("/metrics").body());
            return scrape.names()
                    .containsAll(Set.of(
                            "jvm_gc_pause_seconds_sum",
                            "vertx_http_server_requests_total",
                            "vertx_eventbus_delivered_total"));
        });
    }

    @AfterAll
    static void close() {
        vertx.close().await();
        log.close();
    }

    @Test
    void thePageHasARowForEachMetricOfSluice() throws Exception {
        Set<String> own = scrape.metrics();
        own.removeIf(name -> !name.startsWith("sluice_"));
        Set<String> rows = new TreeSet<>(rows().keySet());
        rows.removeIf(name -> !name.startsWith("sluice_"));
        assertEquals(own, rows);
    }

    @Test
    void eachRowHasTheLabelsThatThereAre() throws Exception {
        rows().forEach((name, cells) -> {
            if (name.startsWith("sluice_")) {
                Set<String> labels = labels(name);
                labels.remove("le");
                assertEquals(!cells[2].contains("none"), labels.remove("stream"), name);
                assertEquals(
                        labels,
                        CODE.matcher(cells[2])
                                .results()
                                .map(found -> found.group(1))
                                .collect(toCollection(TreeSet::new)),
                        name);
            }
        });
    }

    @Test
    void whatThePageAsksForIsThere() throws Exception {
        Set<String> missing = queried(Stream.of(page()));
        missing.removeAll(scrape.names());
        missing.removeAll(scrape.metrics());
        assertEquals(Set.of(), missing);
    }

    @Test
    void whatTheDashboardAsksForIsThere() throws Exception {
        JsonObject dashboard = new JsonObject(Files.readString(Path.of("conf", "grafana.json")));
        Set<String> missing = queried(texts(dashboard));
        assertFalse(missing.isEmpty());
        missing.removeAll(scrape.names());
        assertEquals(Set.of(), missing);
    }

    @Test
    void thePanelsOfTheDashboardLieBesideEachOther() throws Exception {
        JsonObject dashboard = new JsonObject(Files.readString(Path.of("conf", "grafana.json")));
        Set<String> taken = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (Object each : dashboard.getJsonArray("panels")) {
            JsonObject panel = (JsonObject) each;
            assertEquals(true, ids.add(panel.getInteger("id")), panel.getString("title"));
            JsonObject place = panel.getJsonObject("gridPos");
            for (int x = place.getInteger("x"); x < place.getInteger("x") + place.getInteger("w"); x++) {
                for (int y = place.getInteger("y"); y < place.getInteger("y") + place.getInteger("h"); y++) {
                    assertEquals(true, x < 24 && taken.add(x + "," + y), panel.getString("title"));
                }
            }
        }
    }

    @Test
    void nothingIsLabelledByWhatClientsMakeUp() {
        Set<String> labels = new TreeSet<>();
        scrape.names().forEach(name -> labels.addAll(labels(name)));
        assertEquals(Set.of(), intersection(labels, Set.of("path", "route", "method", "address", "remote", "class")));
    }

    private static Set<String> intersection(Set<String> some, Set<String> others) {
        Set<String> both = new TreeSet<>(some);
        both.retainAll(others);
        return both;
    }

    /** The labels of all series of a metric. */
    private static Set<String> labels(String metric) {
        Set<String> labels = new TreeSet<>();
        scrape.values().keySet().stream()
                .filter(series -> series.matches(metric + "(_bucket|_count|_sum|_max)?(\\{.*)?"))
                .forEach(series -> LABEL.matcher(series).results().forEach(found -> labels.add(found.group(1))));
        return labels;
    }

    private static String page() throws Exception {
        return Files.readString(Path.of("src", "docs", "metrics.md"));
    }

    /** The cells behind the name: type, labels, meaning, alarm. */
    private static Map<String, String[]> rows() throws Exception {
        Map<String, String[]> rows = new TreeMap<>();
        Matcher row = ROW.matcher(page());
        while (row.find()) {
            rows.put(row.group(1), (" |" + row.group(2)).split("(?<!\\\\)\\|", -1));
        }
        return rows;
    }

    private static Set<String> queried(Stream<String> texts) {
        return texts.flatMap(text -> QUERIED.matcher(text).results())
                .map(found -> found.group())
                .collect(toCollection(TreeSet::new));
    }

    /** All texts within a value. */
    private static Stream<String> texts(Object value) {
        if (value instanceof JsonObject object) {
            return object.stream().map(Map.Entry::getValue).flatMap(MetricsDocumentsTest::texts);
        } else if (value instanceof JsonArray array) {
            return array.stream().flatMap(MetricsDocumentsTest::texts);
        }
        return Stream.of(String.valueOf(value));
    }
}
