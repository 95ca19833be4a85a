package io.sluice.testing.client;

import io.sluice.testing.Skipped;
import io.sluice.testing.process.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The demo page in a real browser without a window, through the hooks that the page has for it. */
public final class DemoPage implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Selenium warns of each browser that is newer than itself; held, so that the level stays. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    static {
        SELENIUM.setLevel(Level.SEVERE);
    }

    private final ChromeDriver browser;
    private final String tab;
    private final boolean isFirst;

    private DemoPage(ChromeDriver browser, boolean isFirst) {
        this.browser = browser;
        this.tab = browser.getWindowHandle();
        this.isFirst = isFirst;
    }

    /** Starts the browser, or ends the test where there is none. */
    public static DemoPage startOrSkip(Path profile) {
        Path chromium =
                Programs.find("chromium", "chromium-browser", "google-chrome").orElseGet(DemoPage::missing);
        return start(chromium, Programs.find("chromedriver").orElseGet(DemoPage::missing), profile);
    }

    /** The text that a subscriber's page shows of an event that a publisher's page publishes. */
    public static String shownOf(Path profile, String publish, String subscribe, String element) throws Exception {
        try (DemoPage subscriber = startOrSkip(profile)) {
            subscriber.load(subscribe);
            try (DemoPage publisher = subscriber.openTab()) {
                publisher.load(publish);
                publisher.click("button");
                publisher.await("document.querySelector('output').value.includes('\"count\":1')");
            }
            subscriber.await("document.querySelector('" + element + "').textContent.includes('\\n')");
            return subscriber.text(element).strip();
        }
    }

    private static Path missing() {
        throw Skipped.because(
                "the browser test",
                "no chromium or no chromedriver on the PATH; apt-get install chromium chromium-driver");
    }

    public static DemoPage start(Path chromium, Path chromedriver, Path profile) {
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.toFile())
                .usingAnyFreePort()
                .build();
        DemoPage page = new DemoPage(new ChromeDriver(service, options(chromium, profile)), true);
        page.browser.manage().timeouts().scriptTimeout(PATIENCE);
        return page;
    }

    /** Another tab of the same browser, empty. */
    public DemoPage openTab() {
        browser.switchTo().newWindow(WindowType.TAB);
        return new DemoPage(browser, false);
    }

    /** Loads it anew, and forgets what the console had. */
    public void load(String url) {
        browser().get("about:blank");
        complaints();
        browser.get(url);
    }

    private static ChromeOptions options(Path chromium, Path profile) {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        // The certificate of a test is self-signed.
        options.setAcceptInsecureCerts(true);
        return options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--no-proxy-server",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile);
    }

    /** Shows the page as to somebody who has asked for {@code light} or {@code dark}, in a window of a width and height in pixels. */
    public void showAs(String scheme, int width, int height) {
        ChromeDriver shown = browser();
        shown.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        shown.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    // ---- what it shows

    public String state() {
        return String.valueOf(run("return document.querySelector('#state').dataset.state"));
    }

    public String text(String selector) {
        return String.valueOf(run("return document.querySelector(arguments[0]).textContent", selector));
    }

    public boolean isVisible(String selector) {
        return Boolean.TRUE.equals(run("return document.querySelector(arguments[0]).checkVisibility()", selector));
    }

    /** The texts of the messages, oldest first. */
    public List<String> messages() {
        return texts(
                "return [...document.querySelectorAll('#messages > li.message')].map(li => li.textContent).reverse()");
    }

    /** The messages' ids, oldest first. */
    public List<String> ids() {
        return texts(
                "return [...document.querySelectorAll('#messages > li.message')].map(li => li.dataset.id).reverse()");
    }

    /** Each message's id and text, oldest first. */
    public List<String> identifiedMessages() {
        return texts("return [...document.querySelectorAll('#messages > li.message')]"
                + ".map(li => li.dataset.id + ' ' + li.textContent).reverse()");
    }

    /** The page's notes between the messages, oldest first. */
    public List<String> notes() {
        return texts(
                "return [...document.querySelectorAll('#messages > li.note')].map(li => li.textContent).reverse()");
    }

    /** The numbers in the messages' ids, oldest first. */
    public List<Long> numbers() {
        return ids().stream()
                .map(id -> Long.valueOf(id.substring(id.lastIndexOf('-') + 1)))
                .toList();
    }

    /** Errors and warnings of the browser's console. */
    public List<String> complaints() {
        return browser().manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(Object::toString)
                .toList();
    }

    // ---- what a user does

    public void click(String selector) {
        run("document.querySelector(arguments[0]).click()", selector);
    }

    /** Waits until the expression is true; it is looked at when the page changes. */
    public void await(String expression) {
        ((JavascriptExecutor) browser()).executeAsyncScript("""
                const done = arguments[0];
                const observer = new MutationObserver(look);
                function look() {
                  if (!(%s)) return;
                  observer.disconnect();
                  done();
                }
                observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
                look();
                """.formatted(expression));
    }

    public void awaitState(String state) {
        await("document.querySelector('#state').dataset.state === '" + state + "'");
    }

    public void awaitMessages(int count) {
        await("document.querySelectorAll('#messages > li.message').length >= " + count);
    }

    /** The value of a JavaScript expression. Waits for a promise. */
    @Nullable
    public Object evaluate(String expression) {
        return run("return " + expression);
    }

    private @Nullable Object run(String script, Object... arguments) {
        return browser().executeScript(script, arguments);
    }

    /** The browser, with this tab in front. */
    private ChromeDriver browser() {
        browser.switchTo().window(tab);
        return browser;
    }

    private List<String> texts(String script) {
        return run(script) instanceof List<?> found
                ? found.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** The first tab's end is the browser's. */
    @Override
    public void close() {
        if (isFirst) {
            browser.quit();
        } else {
            browser().close();
        }
    }
}
