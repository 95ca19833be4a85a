package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.DocumentPage;
import io.sluice.testing.client.AskPage;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The view of the demo page that asks, in a real browser, at a node with the shipped configuration. */
@Timeout(180)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class AskPageIT {

    private static final String WHOLE = String.join("", Answer.TOKENS);
    private static final String ANSWERED = "Answered: " + Answer.TOKENS.size() + " tokens";

    private static NodeProcess node;
    private static DemoPage browser;

    @BeforeAll
    static void startNodeAndBrowser(@TempDir Path profile) throws IOException, InterruptedException {
        browser = DemoPage.startOrSkip(profile);
        JsonObject shipped = new JsonObject(Files.readString(Path.of("conf", "node.json")));
        node = NodeProcess.start("-conf", DocumentPage.onAnyPort(shipped, Path.of("webroot")))
                .awaitStart();
    }

    @AfterAll
    static void stopThem() {
        try {
            // Without a browser there is no page.
            if (browser != null) {
                browser.close();
            }
        } finally {
            if (node != null) {
                node.close();
            }
        }
    }

    @Test
    void anAnswerIsShownOnceAndWholeAfterAReloadInTheMiddleAndInASecondTab() throws Exception {
        AskPage first = new AskPage(browser).load(node.url() + "/#ask");
        first.ask("What is a sluice?");
        first.awaitTokens(1, 5);
        String link = first.link();
        first.load(link);
        first.awaitTokens(1, 5);
        assertTrue(WHOLE.startsWith(first.answer()), first::answer);
        try (DemoPage tab = browser.openTab()) {
            AskPage second = new AskPage(tab).load(link);
            assertEquals(ANSWERED, first.awaitEnd(1));
            assertEquals(ANSWERED, second.awaitEnd(1));
            assertEquals(WHOLE, second.answer());
            assertEquals(List.of(), tab.complaints());
        }
        assertEquals(List.of(WHOLE), first.answers());
        assertEquals("What is a sluice?", browser.text("#turns h3"));
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void stopInOneTabStopsItInBothAndBothShowTheAnswerToTheNextQuestion() throws Exception {
        AskPage first = new AskPage(browser).load(node.url() + "/#ask");
        first.ask("What is it for?");
        first.awaitTokens(1, 1);
        try (DemoPage tab = browser.openTab()) {
            AskPage second = new AskPage(tab).load(first.link());
            second.awaitTokens(1, 1);
            tab.click("#stop");
            String ending = first.awaitEnd(1);
            assertTrue(ending.matches("Stopped: stopped after \\d+ tokens?"), ending);
            assertEquals(ending, second.awaitEnd(1));
            String begun = first.answer();
            assertTrue(WHOLE.startsWith(begun) && begun.length() < WHOLE.length(), begun);
            browser.click("#again");
            assertEquals(ANSWERED, first.awaitEnd(2));
            assertEquals(ANSWERED, second.awaitEnd(2));
            assertEquals(List.of(WHOLE, begun), first.answers());
            assertEquals(first.answers(), second.answers());
            assertEquals(List.of(), tab.complaints());
        }
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void theKeyboardStaysWhereItIsUsed() throws Exception {
        AskPage page = new AskPage(browser).load(node.url() + "/#ask");
        browser.evaluate("document.querySelector('#question').focus()");
        page.ask("Where?");
        page.awaitTokens(1, 1);
        assertEquals("question", focused());
        browser.evaluate("document.querySelector('#stop').focus()");
        browser.click("#stop");
        page.awaitEnd(1);
        assertEquals("again", focused());
        assertFalse(browser.isVisible("#stop"));
    }

    @Test
    void theEventsAreWhatAVisitorSeesFirst() throws Exception {
        browser.load(node.url() + "/");
        browser.awaitMessages(1);
        assertFalse(browser.isVisible("#ask-view"));
        browser.click("#to-ask");
        browser.await("!document.querySelector('#ask-view').hidden");
        assertFalse(browser.isVisible("#events-view"));
        browser.click("#to-events");
        browser.await("!document.querySelector('#events-view').hidden");
        assertEquals(List.of(), browser.complaints());
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            404 => Nobody answers at this node: it has no chat/*, or no verticle that answers.
            405 => This node takes no questions: it has no signals for everybody.
            """)
    void aNodeThatAnswersNobodySaysHowToStartOneThatDoes(int status, String reason) throws Exception {
        AskPage page = new AskPage(browser).load(node.url() + "/#ask");
        browser.evaluate("fetch = async () => new Response(null, {status: " + status + "})");
        page.ask("Anybody there?");
        page.awaitState("refused");
        assertEquals(reason + " Start it so that it does: java -jar target/sluice.jar", browser.text("#ask-detail"));
        assertEquals("Anybody there?", browser.evaluate("document.querySelector('#question').value"));
    }

    private static String focused() {
        return String.valueOf(browser.evaluate("document.activeElement.id"));
    }
}
