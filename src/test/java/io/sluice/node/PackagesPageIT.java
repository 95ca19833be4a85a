package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.Await;
import io.sluice.testing.DocumentPage;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.NpmPackages;
import io.sluice.testing.process.PrintingProcess;
import io.sluice.testing.process.Programs;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of the documents that use packages of npm, in a real browser: {@code src/test/pages} has the versions. */
@Timeout(120)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class PackagesPageIT {

    private static final Path PACKAGES = Path.of("target", "pages");

    private static final String ANSWER = "You asked: What is a sluice? A model would know. ".repeat(20);

    private static final String ENDED =
            "performance.getEntriesByType('resource').some(entry => entry.name.includes('/prices?'))";

    @TempDir
    private static Path webroot;

    private static DemoPage browser;
    private static NodeProcess node;

    @BeforeAll
    static void startBrowserAndNode(@TempDir Path profile) throws Exception {
        Programs.require("npm", "npm");
        browser = DemoPage.startOrSkip(profile);
        NpmPackages.install(Path.of("src", "test", "pages"), PACKAGES);
        Files.createFile(webroot.resolve("favicon.ico"));
        DocumentPage llm = DocumentPage.read("llm.md");
        String jar = System.getProperty("sluice.jar", "target/sluice.jar");
        run("javac", "-cp", jar, llm.write("ChatAnswers.java", webroot, "").toString());
        JsonObject configuration = new JsonObject(llm.program("useChat.json"))
                .mergeIn(new JsonObject(DocumentPage.read("htmx.md").program("prices.json")), true);
        configuration
                .getJsonObject("streams")
                .getJsonObject("prices")
                .put("lifetime", "700ms")
                .put("retry", "100ms");
        node = NodeProcess.startWith(webroot, "-conf", DocumentPage.onAnyPort(configuration, webroot))
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

    // ---- htmx.md

    @ParameterizedTest
    @CsvSource({"htmx.html, htmx.org", "htmx4.html, htmx.org-4"})
    void htmxPutsTheEventsOfATopicWhereThePageNamesIt(String file, String htmx) throws Exception {
        DocumentPage page = DocumentPage.read("htmx.md");
        page.write(file, webroot, "");
        serve(htmx + "/dist/htmx.min.js", "htmx.org/dist/htmx.min.js");
        if (htmx.equals("htmx.org")) {
            serve("htmx-ext-sse/dist/sse.min.js", "htmx-ext-sse/dist/sse.min.js");
        } else {
            serve(htmx + "/dist/ext/hx-sse.min.js", "htmx.org/dist/ext/hx-sse.min.js");
        }
        assertFollows(page, "sh publish.sh", file);
    }

    @Test
    void datastarTakesItsEventsByTheirTypeOrTheirTopic() throws Exception {
        DocumentPage page = DocumentPage.read("htmx.md");
        page.write("datastar.html", webroot, "");
        serve("@starfederation/datastar/dist/datastar.js", "@starfederation/datastar/dist/datastar.js");
        assertFollows(page, "sh patch.sh", "datastar.html");
    }

    /** The page shows the prices that a script has published, and others, when it has come back after a lifetime. */
    private static void assertFollows(DocumentPage page, String command, String file) throws Exception {
        Path script = page.write(command, webroot, node.url());
        run("sh", script.toString());
        browser.load(node.url() + "/" + file);
        awaitPrices("1.09", "1.27");
        Await.await("the end of a lifetime", () -> Boolean.TRUE.equals(browser.evaluate(ENDED)));
        Files.writeString(script, Files.readString(script).replace("1.09", "1.11"));
        run("sh", script.toString());
        awaitPrices("1.11", "1.27");
    }

    private static void awaitPrices(String eur, String gbp) {
        browser.await("document.body.innerText.replace(/\\s+/g, ' ').trim() === 'EUR %s GBP %s'".formatted(eur, gbp));
    }

    // ---- llm.md

    @Test
    void useChatShowsAnAnswerWholeAfterAReloadInTheMiddleToo() throws Exception {
        DocumentPage page = DocumentPage.read("llm.md");
        Path source = page.write("chat.jsx", PACKAGES, "");
        page.write("chat.html", webroot, "");
        String esbuild = PACKAGES.resolve("node_modules/.bin/esbuild").toString();
        String bundle = "--outfile=" + webroot.resolve("chat.js");
        run(esbuild, source.toString(), "--bundle", "--minify", "--jsx=automatic", bundle);
        browser.load(node.url() + "/chat.html");
        browser.click("button");
        browser.await("document.querySelector('.assistant')?.textContent.includes('What is')");
        assertEquals("What is a sluice?", browser.text(".user"));
        browser.load(String.valueOf(browser.evaluate("location.href")));
        browser.await("document.querySelector('.assistant')?.textContent.includes('What is')");
        assertEquals("streaming", browser.text("output"));
        browser.await("document.querySelector('output').textContent === 'ready'");
        assertEquals(ANSWER, browser.text(".assistant"));
        assertEquals(List.of(), browser.complaints());
    }

    // ---- helpers

    /** Puts a file of a package where {@code npm install} in the webroot would have it. */
    private static void serve(String file, String name) throws IOException {
        Path served = webroot.resolve("node_modules").resolve(name);
        Files.createDirectories(served.resolveSibling(""));
        Files.copy(PACKAGES.resolve("node_modules").resolve(file), served, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void run(String... command) throws Exception {
        try (PrintingProcess process = PrintingProcess.start(List.of(command))) {
            assertEquals(0, process.awaitExit(), () -> String.join(" ", command) + " printed " + process.lines());
        }
    }
}
