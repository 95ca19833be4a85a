package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.DemoPage;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.network.CountingProxy;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo page as a user sees it: the real node, a real browser, and between them a proxy that counts the requests. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class DemoPageIT {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": { "events": { "addresses": ["ticks"], "lifetime": "2s", "retry": "200ms" } },
              "producers": [ { "verticle": "io.sluice.node.TickProducer", "config": { "period": "200ms" } } ]
            }
            """;

    private static NodeProcess node;
    private static DemoPage page;

    private CountingProxy proxy;

    @BeforeAll
    static void startNodeAndBrowser(@TempDir Path profile) throws IOException, InterruptedException {
        page = DemoPage.startOrSkip(profile);
        node = NodeProcess.start("-conf", CONFIGURATION).awaitStart();
    }

    @AfterAll
    static void stopThem() {
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

    @BeforeEach
    void loadPage() throws IOException, InterruptedException {
        proxy = CountingProxy.before(node);
        page.load(proxy.url() + "/");
    }

    @AfterEach
    void closeProxy() throws IOException {
        proxy.close();
    }

    @Test
    void messagesAppearAsTheyArePublished() {
        page.awaitMessages(3);
        assertEquals(
                List.of(),
                page.messages().stream()
                        .filter(text -> !text.matches(
                                "Message: Hello World at \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"))
                        .toList());
        assertDense(page.numbers());
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void atTheEndThePageSaysSoAndStaysClosed() throws Exception {
        page.awaitState("closed");
        assertEquals("Closed", page.text("#state"));
        assertTrue(
                page.text("#detail").matches("Stream closed by the server after [1-3] seconds?\\."),
                page.text("#detail"));
        assertTrue(page.isVisible("#reopen"));
        assertEquals(1, proxy.count("/events"));
        try (Subscriber another = Subscriber.open(node.url() + "/events")) {
            // This takes ten times as long as the page's retry.
            another.rest();
        }
        assertEquals(1, proxy.count("/events"), "requests after the close event");
        assertEquals("closed", page.state());
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void openAgainGoesOnWithoutLoss() {
        page.awaitState("closed");
        int before = page.numbers().size();
        page.click("#reopen");
        page.awaitState("open");
        assertFalse(page.isVisible("#reopen"));
        page.awaitMessages(before + 3);
        page.awaitState("closed");
        assertDense(page.numbers());
        assertEquals(2, proxy.count("/events"));
        assertEquals("0", page.text("#lost"));
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void keepFollowingShowsEveryEventOnceOverManyLifetimes() {
        page.click("#follow");
        page.await("Number(document.querySelector('#reconnects').textContent) >= 3");
        page.awaitMessages(page.numbers().size() + 2);
        assertDense(page.numbers());
        assertTrue(proxy.count("/events") >= 4);
        assertEquals("0", page.text("#lost"));
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void eventsThatComeWhilePausedAreShownAfterwards() {
        page.click("#follow");
        page.awaitMessages(2);
        page.click("#pause");
        int shown = page.numbers().size();
        page.await("parseInt(document.querySelector('#waiting').textContent) >= 3");
        assertEquals(shown, page.numbers().size());
        assertTrue(page.text("#waiting").matches("\\d+ waiting"), page.text("#waiting"));
        assertEquals("Resume", page.text("#pause"));
        page.awaitState("paused");
        page.click("#pause");
        assertEquals("", page.text("#waiting"));
        assertTrue(page.numbers().size() >= shown + 3);
        assertDense(page.numbers());
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void thePageKnowsTheLastIdAndCountsDown() {
        page.awaitMessages(2);
        page.await("document.querySelector('#last-id').textContent"
                + " === document.querySelector('#messages > li.message').dataset.id");
        assertFalse(page.isVisible("#node"), "a name, of a node that has none");
        assertTrue(page.text("#countdown").matches("\\d+ s"), page.text("#countdown"));
    }

    /** None lost, none twice, in order. */
    static void assertDense(List<Long> numbers) {
        long first = numbers.get(0);
        assertEquals(LongStream.range(first, first + numbers.size()).boxed().toList(), numbers);
    }
}
