package io.sluice.testing.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.WebDriverException;

/** Chromium's own EventSource, in a page that keeps what it hears until it is asked. */
public final class BrowserClient implements AutoCloseable {

    /** The server under test serves it at "/", so that the stream has the page's origin. */
    public static final String PAGE = """
            <!DOCTYPE html>
            <meta charset="utf-8">
            <link rel="icon" href="data:,">
            <script>
              let heard = [];
              let wake = () => {};

              /** Events not taken yet. Waits for them a while only, since nothing else can ask the page meanwhile. */
              async function take() {
                if (heard.length === 0) await new Promise(resolve => { wake = resolve; setTimeout(resolve, 500); });
                const taken = heard;
                heard = [];
                return taken;
              }

              function follow(url) {
                const source = new EventSource(url);
                for (const type of ['message', 'gap', 'close']) {
                  source.addEventListener(type, event => {
                    heard.push({id: event.lastEventId, event: type, data: event.data});
                    wake();
                  });
                }
              }
            </script>
            """;

    private final DemoPage page;

    private BrowserClient(DemoPage page) {
        this.page = page;
    }

    public static BrowserClient start(String url, EventRecorder ear) throws IOException {
        Path chromium = Programs.find("chromium").orElseThrow();
        Path chromedriver = Programs.find("chromedriver").orElseThrow();
        Path profile = Files.createTempDirectory(Path.of("target"), "chromium");
        BrowserClient client = new BrowserClient(DemoPage.start(chromium, chromedriver, profile));
        client.page.load(url.substring(0, url.lastIndexOf('/') + 1));
        if (url.startsWith("https:")) {
            Object protocol = client.page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol");
            assertEquals("h2", protocol);
        }
        client.page.evaluate("follow('" + url + "')");
        new Thread(() -> client.listen(ear), "chromium").start();
        return client;
    }

    private void listen(EventRecorder ear) {
        try {
            while (page.evaluate("take()") instanceof List<?> events) {
                for (Object event : events) {
                    if (event instanceof Map<?, ?> fields) {
                        ear.hear(new ReceivedEvent(text(fields, "id"), text(fields, "event"), text(fields, "data")));
                    }
                }
            }
        } catch (WebDriverException e) {
            // the browser was closed
        }
    }

    private static String text(Map<?, ?> fields, String name) {
        return String.valueOf(fields.get(name));
    }

    @Override
    public void close() {
        page.close();
    }
}
