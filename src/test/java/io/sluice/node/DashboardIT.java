package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.DocumentPage;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.PrintingProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of {@code dashboard.md} in a real browser, with its verticle that makes 1,000 events a second. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class DashboardIT {

    /** What a page without a rate would get. */
    private static final int EVENTS_A_SECOND = 1000;

    @TempDir
    private Path webroot;

    private DocumentPage document;
    private int port;

    @BeforeEach
    void compile() throws Exception {
        document = DocumentPage.read("dashboard.md");
        port = FreePorts.inARow(1);
        String jar = System.getProperty("sluice.jar", "target/sluice.jar");
        run("javac", "-cp", jar, document.write("Market.java", webroot, "").toString());
        Files.copy(Path.of("src", "main", "js", "dashboard.html"), webroot.resolve("dashboard.html"));
    }

    @Test
    void thePageHasTheNewestOfEachPriceAndLosesWhatWasDeletedAndWhatARestartForgot(@TempDir Path profile)
            throws Exception {
        try (DemoPage page = DemoPage.startOrSkip(profile)) {
            try (NodeProcess node = start()) {
                publish("sh add.sh");
                awaitEventsBeyondTheHistory(node);
                page.load(node.url() + "/dashboard.html");
                awaitRows(page, 51);
                assertEquals("71.50", page.text("[data-topic=tea] span"));
                assertFollowsAtItsRate(page);
                publish("sh delete.sh");
                awaitRows(page, 50);
                page.load(node.url() + "/dashboard.html");
                awaitRows(page, 50);
                publish("sh add.sh");
                awaitRows(page, 51);
            }
            page.evaluate("window.loadedBefore = true");
            try (NodeProcess node = start()) {
                page.await(
                        "document.querySelectorAll('li').length === 50 && !document.querySelector('[data-topic=tea]')");
                assertFollowsAtItsRate(page);
                assertEquals(true, page.evaluate("loadedBefore"));
                assertEquals(port, node.port());
            }
        }
    }

    private NodeProcess start() throws Exception {
        JsonObject configuration = new JsonObject(document.program("dashboard.json"));
        configuration.getJsonObject("http").put("port", port).put("webroot", webroot.toString());
        return NodeProcess.startWith(webroot, "-conf", configuration.encode()).awaitStart();
    }

    private void publish(String command) throws Exception {
        run("sh", document.write(command, webroot, "http://127.0.0.1:" + port).toString());
    }

    private void awaitEventsBeyondTheHistory(NodeProcess node) throws Exception {
        String url = node.url() + "/prices?replay=none&frame=topic&topic=share.01";
        try (PrintingProcess curl = PrintingProcess.start(List.of("curl", "-sN", url))) {
            curl.await(25, "event: share.01"::equals);
        }
    }

    private static void awaitRows(DemoPage page, int count) {
        page.await("document.querySelectorAll('li').length === " + count);
    }

    private static void assertFollowsAtItsRate(DemoPage page) {
        page.evaluate("state.value = ''");
        page.await("/\\d updates/.test(state.value)");
        page.evaluate("state.value = ''");
        page.await("/\\d updates/.test(state.value)");
        String shown = page.text("#state");
        int updates = Integer.parseInt(shown.replaceAll("^\\d+ prices, (\\d+) updates a second$", "$1"));
        assertTrue(updates > 50 && updates < EVENTS_A_SECOND / 2, shown);
    }

    private static void run(String... command) throws Exception {
        try (PrintingProcess process = PrintingProcess.start(List.of(command))) {
            assertEquals(0, process.awaitExit(), () -> String.join(" ", command) + " printed " + process.lines());
        }
    }
}
