package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.Accessibility;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of those who run a node, in a real browser. */
@Timeout(120)
@TestMethodOrder(OrderAnnotation.class)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class AdminDashboardIT {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": PORT },
              "admin": { "port": ADMIN },
              "streams": {
                "prices": { "addresses": ["prices"], "lifetime": "0s", "replay": "all" },
                "chat/*": {}
              },
              "producers": [
                { "verticle": "io.sluice.node.TickProducer", "config": { "address": "prices", "period": "100ms", "message": "1.17" } }
              ]
            }
            """;

    private static final List<String> VENDORED = List.of("uPlot.esm.js", "uPlot.min.css");

    private static Accessibility accessibility;
    private static DemoPage page;
    private static NodeProcess node;
    private static String configuration;
    private static int port;
    private static String url;

    @BeforeAll
    static void start(@TempDir Path profile) throws Exception {
        Programs.require("npm", "npm");
        page = DemoPage.startOrSkip(profile);
        accessibility = Accessibility.fetch(Path.of("target", "accessibility-dashboard"));
        port = FreePorts.inARow(2);
        url = "http://127.0.0.1:" + (port + 1) + "/dashboard/";
        configuration =
                CONFIGURATION.replace("PORT", Integer.toString(port)).replace("ADMIN", Integer.toString(port + 1));
        node = NodeProcess.start("-conf", configuration).awaitStart();
    }

    @AfterAll
    static void stop() {
        try {
            // Without a browser there is no page.
            if (page != null) {
                page.close();
            }
        } finally {
            if (node != null) {
                node.close();
            }
        }
    }

    private static void awaitText(String selector, String pattern) {
        page.await("/" + pattern + "/.test(document.querySelector('" + selector + "').textContent)");
    }

    @Test
    @Order(1)
    void itShowsWhatTheNodeDoes() throws Exception {
        page.load(url);
        try (RawClient reader = RawClient.get(port, "/prices")) {
            page.awaitState("live");
            awaitText("#now-subscriptions", "^1$");
            awaitText("#now-events", "^(9|10|11)");
            awaitText("#now-deliveries", "^(9|10|11)");
            awaitText("#now-p99", "(µs|ms)$");
            awaitText("#about", "^A node alone: .* up \\d+ s");
            assertTrue(page.text("#streams tbody").contains("chat/* (0)"));
            assertEquals(6L, page.evaluate("document.querySelectorAll('.plot canvas').length"));
            reader.reset();
        }
        awaitText("#ends", "gone");
    }

    @Test
    @Order(2)
    void itCanBeUsedByEverybody() {
        for (String scheme : List.of("light", "dark")) {
            page.showAs(scheme, 1280, 900);
            assertEquals(List.of(), accessibility.findings(page), scheme);
            page.showAs(scheme, 390, 844);
            assertEquals(List.of(), accessibility.findings(page), scheme + ", on a phone");
            assertEquals(true, page.evaluate("document.documentElement.scrollWidth <= innerWidth"), scheme);
        }
        page.showAs("light", 1280, 900);
    }

    @Test
    @Order(3)
    void aClickOnAStreamShowsItsEvents() {
        page.click("[data-stream=prices]");
        page.await("document.querySelectorAll('#passing-events li').length > 25");
        assertTrue(page.text("#passing-events .data").contains("1.17"), page.text("#passing-events li"));
        assertEquals(List.of(), accessibility.findings(page));
        page.click("#passing-pause");
        awaitText("#passing-state", "paused, \\d+ waiting");
        page.click("#passing-close");
        assertEquals(false, page.evaluate("document.querySelector('#passing').open"));
        assertEquals(List.of(), page.complaints());
    }

    @Test
    @Order(4)
    void itSurvivesARestartOfItsNodeAndSaysSo() throws Exception {
        node.kill();
        page.awaitState("away");
        awaitText("#state", "^The node is away since \\d+ s, trying again$");
        node.close();
        node = NodeProcess.start("-conf", configuration).awaitStart();
        page.awaitState("live");
        awaitText("#state", "^Live. The node restarted at ");
        awaitText("#now-events", "^(9|10|11)");
    }

    @Test
    @Order(5)
    void theLibraryInTheJarIsTheOneOfItsAuthors() throws Exception {
        for (String file : VENDORED) {
            assertArrayEquals(
                    Files.readAllBytes(accessibility.file("uplot/dist/" + file)),
                    Files.readAllBytes(Path.of("src/main/resources/io/sluice/admin/dashboard/vendor", file)),
                    file);
        }
    }
}
