package io.sluice.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.sluice.log.Journal;
import io.sluice.testing.Await;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ReportFeedTest {

    private final AtomicInteger made = new AtomicInteger();

    private NodeReport report() {
        made.incrementAndGet();
        return new NodeReport(
                null,
                "1",
                "17",
                "5",
                "http://a/",
                "http://b/",
                "2026-11-27T17:00:00Z",
                "2026-11-27T17:40:00.123Z",
                1.5,
                "nio",
                1,
                true,
                0,
                0,
                0,
                0,
                0,
                0,
                new NodeReport.Heap(1, 2),
                3,
                new NodeReport.Files(4, 5),
                List.of(),
                List.of());
    }

    @Test
    void aReportIsMadeWhenTheFirstReaderComesAndNotBefore(Vertx vertx) throws Exception {
        ReportFeed feed = ReportFeed.open(vertx, null, this::report).await(10, TimeUnit.SECONDS);
        Journal journal = feed.stream().journal();
        assertEquals(0, made.get());
        feed.stream().subscribed(1);
        Await.await("a report", () -> journal.head() > 0);
        Journal.Entry first = journal.read(1);
        assertNotNull(first);
        assertEquals("node", first.event().topic());
        feed.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void aReportIsOneObjectWithItsKeysInOrder() {
        assertEquals(
                "{\"member\":null,\"version\":\"1\",\"java\":\"17\",\"vertx\":\"5\",\"url\":\"http://a/\",\"admin\":\"http://b/\","
                        + "\"started\":\"2026-11-27T17:00:00Z\",\"time\":\"2026-11-27T17:40:00.123Z\",\"uptime\":1.5,"
                        + "\"transport\":\"nio\",\"eventLoops\":1,\"ready\":true,\"subscriptions\":0,\"behind\":0,"
                        + "\"connections\":0,\"maxSubscriptions\":0,\"maxConnections\":0,\"cpu\":0.0,"
                        + "\"heap\":{\"used\":1,\"max\":2},\"direct\":3,\"files\":{\"open\":4,\"max\":5},"
                        + "\"streams\":[],\"members\":[]}",
                report().encode());
        assertEquals("1", new JsonObject(report().encode()).getString("version"));
    }
}
