package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Tokens;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.client.SignInServer;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages of {@code browsers.md} in a real browser, whose tokens last a second or two: a node that asks for tokens, an application that
 * gives them, and an event each 20 ms meanwhile.
 */
@Timeout(90)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class RightsPageIT {

    private static final int RENEWALS = 2;

    private static Vertx vertx;
    private static SignInServer application;
    private static ServedStream node;
    private static DemoPage page;

    @BeforeAll
    static void start(@TempDir Path webroot, @TempDir Path profile) throws Exception {
        page = DemoPage.startOrSkip(profile);
        // Here, since the first one makes keys, too, which takes seconds on a busy machine.
        token(0);
        vertx = Vertx.vertx();
        application = SignInServer.start(vertx, "session");
        try (Stream<Path> demo = Files.list(Path.of("webroot"))) {
            for (Path file : demo.toList()) {
                Files.copy(file, webroot.resolve(file.getFileName()));
            }
        }
        String cookie = Files.readString(Path.of("src", "main", "js", "cookie.html"));
        Files.writeString(
                webroot.resolve("cookie.html"),
                replace(cookie, "'/session'", "'" + application.urlAtHostOfNode() + "/session'"));
        JsonObject configuration = new JsonObject("""
                {
                  "http": { "host": "127.0.0.1", "port": 0, "cors": { "origins": ["%s"] }, "webroot": "%s" },
                  "auth": {
                    "jwt": { "secret": "%s" },
                    "cookie": "session",
                    "tickets": { "secret": "the secret of tickets, of 32 bytes or more" }
                  },
                  "streams": { "events": { "lifetime": "0s", "retry": "100ms" } }
                }
                """.formatted(application.url(), webroot, Tokens.SECRET));
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        node = ServedStream.serve(vertx, stream, configuration.encode());
        application.edit(text -> replace(text, "https://events.example.com", nodeUrl()));
        AtomicLong number = new AtomicLong();
        vertx.setPeriodic(20, id -> stream.publish(new NewEvent("ticks", null, "" + number.incrementAndGet())));
    }

    /** A page with an address of this test, in place of the one that stands in it. */
    private static String replace(String page, String address, String other) {
        assertTrue(page.contains(address), () -> "no " + address + " in " + page);
        return page.replace(address, other);
    }

    @AfterAll
    static void stop() {
        if (page != null) {
            page.close();
        }
        if (vertx != null) {
            vertx.close().await();
        }
    }

    @BeforeEach
    void signOut() {
        application.signIn(null);
    }

    /** @param seconds from now to its exp */
    private static String token(double seconds) {
        JsonObject claims = Tokens.claims("alice", List.of("events"), List.of());
        return Tokens.hs256(claims.put("exp", Instant.now().toEpochMilli() / 1000.0 + seconds));
    }

    private static String nodeUrl() {
        return "http://127.0.0.1:" + node.port();
    }

    // ---- a page of the node's own origin, and a cookie

    @Test
    void anEventSourceStaysThroughRenewalsOfItsCookie() {
        application.signIn(() -> token(1.5));
        page.load(application.urlAtHostOfNode() + "/session");
        openWithCookie();
        awaitRenewals();
        assertEachEventOnce();
    }

    @Test
    void aCookieThatHasExpiredForLongerThanAMinuteEndsTheEventSource() {
        application.signIn(() -> token(-61));
        page.load(application.urlAtHostOfNode() + "/session");
        openWithCookie();
        page.await("document.querySelector('#state').textContent === 'signed out'");
        assertEquals(true, page.evaluate("source.readyState === EventSource.CLOSED"));
        assertEquals("", page.text("#messages"));
    }

    @Test
    void aCookieThatHasJustExpiredIsRenewed() {
        application.signIn(() -> token(-50));
        page.load(application.urlAtHostOfNode() + "/session");
        application.signIn(() -> token(600));
        openWithCookie();
        page.await("document.querySelector('#state').textContent === 'open'"
                + " && document.querySelector('#messages').textContent");
        assertEquals(1, application.given());
        assertEachEventOnce();
    }

    private static void openWithCookie() {
        page.load(nodeUrl() + "/cookie.html");
    }

    // ---- a page of another origin, and a ticket

    @Test
    void aPageOfAnotherOriginStaysThroughRenewalsOfItsTicket() {
        application.signIn(() -> token(1.5));
        openWithTicket();
        awaitRenewals();
        assertEachEventOnce();
    }

    @Test
    void aPageWhoseVisitorIsSignedOutSaysSo() {
        openWithTicket();
        page.await("document.querySelector('#state').textContent === 'signed out'");
    }

    private static void openWithTicket() {
        page.load(application.url() + "/ticket.html");
    }

    // ---- the demo

    @Test
    void theDemoSaysThatTheStreamNeedsAToken() {
        page.load(application.urlAtHostOfNode() + "/session");
        page.load(nodeUrl() + "/");
        page.awaitState("closed");
        page.await("document.querySelector('#detail').textContent === 'This stream needs a token.'");
    }

    /** The first token, and the renewals of it. */
    private static void awaitRenewals() {
        page.evaluate("""
                (() => {
                  window.states = [];
                  const state = document.querySelector('#state');
                  new MutationObserver(() => states.push(state.textContent)).observe(state, {childList: true});
                })()""");
        page.await(
                "states.filter(state => state === 'expired').length >= " + RENEWALS + " && states.at(-1) === 'open'");
        assertTrue(application.given() > RENEWALS, () -> application.given() + " tokens");
    }

    /** None lost, none twice, in order, from the first that it got. */
    private static void assertEachEventOnce() {
        long last = node.stream().journal().head();
        page.await("document.querySelector('#messages').textContent.includes('-" + last + " ')");
        List<String> lines = page.text("#messages").lines().toList();
        long first = number(lines.get(0));
        assertEquals(
                LongStream.range(first, first + lines.size()).boxed().toList(),
                lines.stream().map(RightsPageIT::number).toList());
        assertTrue(first + lines.size() > last);
    }

    /** The number of an event, which is that of its id. */
    private static long number(String line) {
        assertTrue(line.matches("[a-z0-9]+-(\\d+) \\1"), line);
        return Long.parseLong(line.substring(line.indexOf(' ') + 1));
    }
}
