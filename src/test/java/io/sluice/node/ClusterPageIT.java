package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.DemoPage;
import io.sluice.testing.network.CountingProxy;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo page at the nodes of a cluster: it shows the same everywhere, and says where it is. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class ClusterPageIT {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": { "events": { "addresses": ["ticks"], "lifetime": "2s", "retry": "200ms" } },
              "producers": [ { "verticle": "io.sluice.node.TickProducer", "config": { "period": "400ms" } } ]
            }
            """;

    private static DemoPage page;

    private NodeProcess first;
    private NodeProcess second;

    @BeforeAll
    static void startBrowser(@TempDir Path profile) {
        page = DemoPage.startOrSkip(profile);
    }

    @AfterAll
    static void stopBrowser() {
        // Without a browser there is no page.
        if (page != null) {
            page.close();
        }
    }

    @BeforeEach
    void startNodes() throws IOException, InterruptedException {
        // The nodes form a cluster of two.
        int port = FreePorts.inARow(2);
        Map<String, String> members = Map.of("SLUICE_MEMBERS", "127.0.0.1:" + port + ",127.0.0.1:" + (port + 1));
        first = start(members);
        second = start(members);
        assertNotEquals(name(first), name(second));
    }

    private static NodeProcess start(Map<String, String> members) throws IOException, InterruptedException {
        return NodeProcess.start(Path.of(""), List.of(), members, "-cluster", "-conf", CONFIGURATION)
                .awaitStart();
    }

    @AfterEach
    void stopNodes() {
        for (NodeProcess node : new NodeProcess[] {second, first}) {
            // A node that did not start is null.
            if (node != null) {
                node.close();
            }
        }
    }

    @Test
    void twoTabsAtTwoNodesShowTheSameMessagesWithTheSameIds() throws Exception {
        page.load(first.url() + "/");
        page.click("#follow");
        try (DemoPage other = page.openTab()) {
            other.load(second.url() + "/");
            other.click("#follow");
            assertNames(page, first);
            assertNames(other, second);

            page.awaitMessages(page.numbers().size() + 15);
            other.await("document.querySelector('#messages > li.message[data-id=\"" + last(page.ids()) + "\"]')");
            List<String> here = page.identifiedMessages();
            List<String> there = other.identifiedMessages();
            // The other tab came later.
            List<String> common = here.subList(here.indexOf(there.get(0)), here.size());
            assertTrue(common.size() >= 10, common.toString());
            assertEquals(common, there.subList(0, common.size()));
            assertEquals("0", page.text("#lost"));
            assertEquals("0", other.text("#lost"));
            assertEquals(List.of(), other.complaints());
        }
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void aPageWhoseNodeDiesComesBackToTheOtherAndMissesNothing() throws Exception {
        try (CountingProxy balancer = CountingProxy.before(first)) {
            page.load(balancer.url() + "/");
            page.click("#follow");
            assertNames(page, first);
            page.awaitMessages(3);

            balancer.turnTo(second);
            first.kill();
            assertNames(page, second);
            page.awaitMessages(page.numbers().size() + 3);
            assertEquals(
                    List.of("Now at node " + name(second)),
                    page.notes().stream()
                            .filter(note -> !note.startsWith("Resumed"))
                            .toList());
            DemoPageIT.assertDense(page.numbers());
            assertEquals("0", page.text("#lost"));
        }
    }

    /** Waits for it: between two lifetimes the page is at none. */
    private static void assertNames(DemoPage page, NodeProcess node) throws InterruptedException {
        page.await("document.querySelector('#node').textContent === '" + name(node) + "'");
        assertTrue(page.isVisible("#node"));
    }

    private static String name(NodeProcess node) throws InterruptedException {
        return node.awaitLine("clustered as (\\S+) in").group(1);
    }

    private static String last(List<String> ids) {
        return ids.get(ids.size() - 1);
    }
}
