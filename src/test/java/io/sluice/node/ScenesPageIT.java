package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.DemoPage;
import io.sluice.testing.process.FreePorts;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The prices and the cluster in a browser, at three nodes that serve the page out of their jar. */
@Timeout(180)
@TestMethodOrder(OrderAnnotation.class)
class ScenesPageIT {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0, "demo": true },
              "streams": {
                "events": { "addresses": ["ticks"], "lifetime": "2s", "retry": "200ms" },
                "prices": { "addresses": ["prices"], "presence": true, "lifetime": "0s", "history": { "latest": 50 } }
              },
              "producers": [
                { "verticle": "io.sluice.node.TickProducer", "singleton": true, "config": { "period": "200ms" } },
                { "verticle": "io.sluice.node.PriceProducer", "singleton": true }
              ]
            }
            """;

    private static final List<NodeProcess> NODES = new ArrayList<>();

    @SuppressWarnings("NullAway")
    private static DemoPage page;

    @BeforeAll
    static void start(@TempDir Path profile, @TempDir Path directory) throws IOException, InterruptedException {
        page = DemoPage.startOrSkip(profile);
        int port = FreePorts.inARow(3);
        String members = "127.0.0.1:" + port + ",127.0.0.1:" + (port + 1) + ",127.0.0.1:" + (port + 2);
        for (int i = 0; i < 3; i++) {
            NODES.add(NodeProcess.start(
                    directory, List.of(), Map.of("SLUICE_MEMBERS", members), "-cluster", "-conf", CONFIGURATION));
        }
        for (NodeProcess node : NODES) {
            node.awaitStart();
        }
    }

    @AfterAll
    static void stop() {
        // Without a browser there is no page.
        if (page != null) {
            page.close();
        }
        NODES.forEach(NodeProcess::close);
    }

    @Test
    @Order(1)
    void twentyPricesFlickerAsOftenAsTheDialSays() throws Exception {
        page.load(NODES.get(1).url() + "/#prices");
        page.await("document.querySelectorAll('#prices [data-move]').length === 20");
        assertEquals("Live", page.text("#prices-state"));
        page.await("Number(document.querySelector('#price-updates').textContent) > 50");
        page.evaluate("document.querySelector('#dial [value=\"1\"]').click()");
        // Of two hundred updates a second twenty come.
        page.await("Number(document.querySelector('#price-passed').textContent) > 100");
        page.await("Number(document.querySelector('#price-updates').textContent) < 50");
        page.evaluate("document.querySelector('#dial [value=\"all\"]').click()");
        page.await("Number(document.querySelector('#price-updates').textContent) > 100");
        assertEquals(List.of(), page.complaints());
    }

    @Test
    @Order(2)
    void aPageWhoseNodeIsKilledGoesOnAtAnotherWithNothingLost() throws Exception {
        page.load(NODES.get(0).url() + "/#cluster");
        page.await("document.querySelectorAll('.member[data-state=live] li').length === 24");
        assertEquals("3 nodes", page.text("#cluster-state"));
        assertEquals(name(0), page.text("#cluster-node"));
        assertEquals(List.of(), page.complaints());

        NODES.get(0).kill();
        page.await("document.querySelector('#cluster-moved').textContent");
        String moved = page.text("#cluster-moved");
        assertTrue(moved.startsWith(name(0) + " is gone. This page went on at "), moved);
        assertTrue(moved.endsWith(": 0 lost, 0 twice."), moved);
        assertEquals("1", page.text("#cluster-moves"));
        page.await("document.querySelector('[data-member=\"" + name(0) + "\"]').dataset.state === 'gone'");
        page.await("document.querySelector('#cluster-state').textContent === '2 of 3 nodes'");
        long received = number("#cluster-received");
        page.await("Number(document.querySelector('#cluster-received').textContent) > " + (received + 10));
        assertEquals(0, number("#cluster-lost") + number("#cluster-twice"));
        assertSameRows(name(1), name(2));
    }

    private static long number(String selector) {
        return Long.parseLong(page.text(selector));
    }

    /** The newest event of one is among those of the other, and all that come before it are the same. */
    private static void assertSameRows(String one, String other) {
        String rows =
                "const ids = (name) => [...document.querySelectorAll(`[data-member=\"${name}\"] li`)].map((li) => li.dataset.id);";
        page.await("(() => { " + rows + " const [a, b] = [ids('" + one + "'), ids('" + other + "')];"
                + " return a.length === 8 && a.join() === b.join(); })()");
    }

    private static String name(int node) throws InterruptedException {
        return NODES.get(node).awaitLine("clustered as (\\S+) in").group(1);
    }
}
