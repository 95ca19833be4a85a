package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.Accessibility;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The board, the line that is cut and the drawer with the bytes, in a browser, at a node that has no stream of ticks. */
@Timeout(120)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class BoardPageIT {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0, "demo": true },
              "streams": {
                "board": {
                  "publish": { "anonymous": true, "maxEvent": "1kB", "maxRate": 10 }, "lifetime": "0s", "replay": 20
                },
                "prices": { "addresses": ["prices"], "presence": true, "lifetime": "0s", "history": { "events": 5000 } }
              },
              "producers": [ { "verticle": "io.sluice.node.PriceProducer" } ]
            }
            """;

    private static Accessibility accessibility;
    private static DemoPage page;
    private static NodeProcess node;

    @BeforeAll
    static void start(@TempDir Path profile, @TempDir Path directory) throws Exception {
        Programs.require("npm", "npm");
        page = DemoPage.startOrSkip(profile);
        accessibility = Accessibility.fetch(Path.of("target", "accessibility-board"));
        node = NodeProcess.startIn(directory, "-conf", CONFIGURATION).awaitStart();
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

    private static void open(DemoPage tab, String fragment) throws Exception {
        tab.load(node.url() + "/" + fragment);
    }

    private static long number(String selector) {
        return Long.parseLong(page.text(selector).replace(",", ""));
    }

    @Test
    void whatOneTabWritesTheOtherReads() throws Exception {
        open(page, "#board");
        page.await("document.querySelector('#board-state').dataset.state === 'open'");
        try (DemoPage other = page.openTab()) {
            open(other, "#board");
            other.evaluate("document.querySelector('#note').value = '<b>hello</b>'");
            other.click("#board-form button");
            other.await("document.querySelector('#notes span')?.textContent === '<b>hello</b>'");
            other.await("document.querySelector('#note').value === ''");
        }
        page.await("document.querySelector('#notes span')?.textContent === '<b>hello</b>'");
        assertTrue(page.text("#board-read").startsWith("curl -N " + node.url()), page.text("#board-read"));
        page.evaluate("document.querySelector('#note').value = 'é'.repeat(900)");
        page.click("#board-form button");
        page.await("document.querySelector('#note-answer').textContent === 'That is too long for this board.'");
        assertEquals(List.of(), page.complaints());
        assertEquals(List.of(), accessibility.findings(page));
    }

    @Test
    void whatWasMissedWhileTheLineWasCutComesAfterwards() throws Exception {
        open(page, "#cut");
        page.await("Number(document.querySelector('#cut-received').textContent) > 100");
        page.click("#cut");
        page.await("document.querySelector('#cut-state').dataset.state === 'cut'");
        page.await("document.querySelector('#cut-state').dataset.state === 'open'");
        page.await("Number(document.querySelector('#cut-late').textContent.replace(',', '')) > 500");
        page.await("document.querySelector('#strip i:last-child').className === ''");
        assertEquals(0, number("#cut-lost"));
        assertEquals(0, number("#cut-twice"));
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void theDrawerShowsTheBytes() throws Exception {
        open(page, "#prices");
        page.click("#to-wire");
        page.await("/^id: \\S+\\ndata: [{]/m.test(document.querySelector('#wire-frames').textContent)");
        assertEquals("GET /prices?rate=1", page.text("#wire-url"));
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void aNodeWithoutTicksShowsItsOwnStreams() throws Exception {
        open(page, "?stream=prices");
        page.awaitState("open");
        page.await("document.querySelectorAll('#messages .other').length > 10");
        assertEquals("Streams of this node: board prices", page.text("#others"));
        assertTrue(page.isVisible("#others"));
        assertEquals("", page.text("#countdown"));
        open(page, "");
        page.await("document.querySelector('#others').checkVisibility()");
        assertEquals("There is no stream of this name.", page.text("#detail"));
    }

    @Test
    void theLibraryInTheJarIsTheOneOfItsAuthors() throws Exception {
        assertArrayEquals(
                Files.readAllBytes(accessibility.file("qrcode-generator/dist/qrcode.mjs")),
                Files.readAllBytes(Path.of("webroot", "vendor", "qrcode.js")));
    }
}
