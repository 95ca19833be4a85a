package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A page of a stranger reaches a node on loopback, or one where anybody may publish, by no name and by no form. */
class HostRulesTest extends QuietServer {

    HostRulesTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0, "hosts": ["events.example.com"], "cors": { "origins": ["https://app.example"] } },
              "streams": { "events": { "lifetime": "50ms" } },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    private String get(String target, String host) throws IOException {
        return RawClient.exchange(
                node.port(), "GET " + target + " HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n");
    }

    private String post(String host, String fields) throws IOException {
        return RawClient.exchange(
                node.port(),
                "POST /events HTTP/1.1\r\nConnection: close\r\nHost: " + host
                        + "\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n" + fields + "\r\nx");
    }

    private static void assertStatus(int status, String answer) {
        assertTrue(answer.matches("(?s)HTTP/1.[01] " + status + " .*"), answer);
    }

    private static HostRules rules(String configuration) {
        return HostRules.of(NodeConfig.read(ConfigReader.parse(configuration)));
    }

    private static boolean answers(HostRules rules, String host) {
        try {
            rules.require(Authority.parse(host));
            return true;
        } catch (HttpException e) {
            assertEquals(421, e.getStatusCode());
            return false;
        }
    }

    // ---- a name that is not the node's

    @Test
    void aStrangersNameIsMisdirectedWhateverItAsksFor() throws Exception {
        for (String target : new String[] {"/", "/events", "/app.js", "/other"}) {
            String answer = get(target, "evil.example:8080");
            assertStatus(421, answer);
            assertTrue(answer.contains("this node does not answer to evil.example: http.hosts can name it"), answer);
        }
        // The page's origin is the node's own, to its browser.
        assertStatus(421, post("evil.example", "Origin: http://evil.example\r\nSec-Fetch-Site: same-origin\r\n"));
        assertStatus(421, get("http://evil.example/events", "evil.example"));
        assertEquals("", node.wire());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "127.0.0.1:1",
                "127.1",
                "[::1]:8080",
                "192.0.2.7",
                "sluice",
                "app.localhost",
                "printer.local",
                "sluice.default.svc.cluster.local",
                "node.internal",
                "events.example.com",
                "events.example.com.",
                "Events.Example.Com:443"
            })
    void aNameThatNoStrangerCanHaveIsTheNodes(String host) throws Exception {
        assertStatus(200, get("/events", host));
    }

    @Test
    void itsHealthIsToldToAnybody() throws Exception {
        assertStatus(200, get("/health/live", "evil.example"));
        assertStatus(200, get("/health/ready", "evil.example"));
    }

    @Test
    void aNodeForAllTheWorldAnswersToAnyNameUntilAnybodyMayPublish() {
        assertTrue(answers(rules("{}"), "evil.example"));
        assertTrue(answers(rules("{\"http\": {\"host\": \"192.0.2.1\"}}"), "evil.example"));
        String publishing = "\"publish\": {\"enabled\": true, \"anonymous\": true}";
        assertFalse(answers(rules("{" + publishing + "}"), "evil.example"));
        assertTrue(answers(rules("{\"http\": {\"host\": \"n.example\"}, " + publishing + "}"), "n.example"));
        assertTrue(answers(rules("{\"http\": {\"hosts\": [\"*\"]}, " + publishing + "}"), "evil.example"));
    }

    /** The page has no token, and the browser gives it no cookie of another name. */
    @Test
    void aNodeForAllTheWorldAnswersToAnyNameWhereATokenGivesTheRights() {
        String auth = "\"auth\": {\"jwt\": {\"secret\": \"0123456789abcdef0123456789abcdef\"}, \"cookie\": \"sluice\"}";
        String publishing = auth + ", \"publish\": {\"enabled\": true}";
        assertTrue(answers(rules("{" + auth + "}"), "evil.example"));
        assertTrue(answers(rules("{" + publishing + "}"), "evil.example"));
        assertFalse(answers(rules("{\"http\": {\"host\": \"127.0.0.1\"}, " + publishing + "}"), "evil.example"));
        assertFalse(answers(rules("{\"http\": {\"hosts\": [\"a.example\"]}, " + publishing + "}"), "evil.example"));
    }

    @Test
    void aNodeForAllTheWorldTakesSignalsUnderItsOwnNamesOnly() {
        NodeConfig config =
                NodeConfig.read(ConfigReader.parse("{\"streams\": {\"chat/*\": {\"signals\": \"anonymous\"}}}"));
        assertTrue(answers(HostRules.of(config), "stranger.example"));
        assertFalse(answers(HostRules.ofSignals(config), "stranger.example"));
        assertTrue(answers(HostRules.ofSignals(config), "192.168.1.7:8080"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "localhost", "::1", "0:0:0:0:0:0:0:1"})
    void aNodeOnLoopbackAnswersToItsOwnNames(String host) {
        HostRules rules = rules("{\"http\": {\"host\": \"" + host + "\"}}");
        assertFalse(answers(rules, "evil.example"));
        assertTrue(answers(rules, "localhost"));
    }

    @Test
    void aListIsAllThatANodeForAllTheWorldAnswersToBesideItsOwnNames() {
        HostRules rules = rules("{\"http\": {\"hosts\": [\"a.example\"]}}");
        assertTrue(answers(rules, "a.example"));
        assertTrue(answers(rules, "localhost"));
        assertFalse(answers(rules, "b.example"));
    }

    @Test
    void anIpv6AddressIsInBracketsBeforeAPort() {
        assertEquals("[::1]", Authority.bracketed("::1"));
        assertEquals("[::1]", Authority.bracketed("[::1]"));
        assertEquals("127.0.0.1", Authority.bracketed("127.0.0.1"));
        assertEquals("localhost", Authority.bracketed("localhost"));
    }

    // ---- what is no name

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: localhost\r\nHost: localhost",
                "Host: localhost\r\nHost: evil.example",
                "Accept: */*",
                "Host:",
                "Host: a b",
                "Host: user@localhost",
                "Host: localhost:99999",
                "Host: localhost:8x",
                "Host: localhost/",
                "Host: [::1",
                "Host: a%2fb",
                "Host: localhost,localhost",
                "Host: \u00e9"
            })
    void aRequestNamesItsHostOnceAndWell(String fields) throws Exception {
        assertStatus(
                400,
                RawClient.exchange(node.port(), "GET /events HTTP/1.1\r\nConnection: close\r\n" + fields + "\r\n\r\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost/events, evil.example, 400",
        "http://evil.example/events, localhost, 400",
        "http://localhost:1/events, localhost, 400",
        "http://user@localhost/events, localhost, 400",
        "ftp://localhost/events, localhost, 400",
        "http:///events, localhost, 400",
        "HTTP://LOCALHOST/events?replay=none, localhost, 200"
    })
    void aTargetAndAHostAgree(String target, String host, int status) throws Exception {
        assertStatus(status, get(target, host));
    }

    @Test
    void http10NeedsNoHostAndHasOneAtMost() throws Exception {
        assertStatus(200, RawClient.exchange(node.port(), "GET /events HTTP/1.0\r\n\r\n"));
        assertStatus(200, RawClient.exchange(node.port(), "GET /events HTTP/1.0\r\nHost:\r\n\r\n"));
        assertStatus(400, RawClient.exchange(node.port(), "GET /events HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"));
        assertStatus(421, RawClient.exchange(node.port(), "GET /events HTTP/1.0\r\nHost: evil.example\r\n\r\n"));
    }

    // ---- what a page has its visitor publish

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example\r\n",
                "Origin: null\r\n",
                "Origin: http://localhost:1\r\n",
                "Origin: http://localhost.evil.example\r\n",
                "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n",
                "Sec-Fetch-Site: cross-site\r\n",
                "Sec-Fetch-Site: same-site\r\n"
            })
    void aPageOfAnotherOriginPublishesNothing(String fields) throws Exception {
        String answer = post("localhost", fields);
        assertStatus(403, answer);
        assertTrue(answer.contains("application/problem+json"), answer);
        assertEquals("", node.wire());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Origin:\r\n",
                "Origin: http://localhost\r\n",
                "Origin: https://localhost\r\n",
                "Origin: http://localhost:80\r\n",
                "Origin: https://app.example\r\n",
                "Origin: https://app.example\r\nSec-Fetch-Site: cross-site\r\n",
                "Origin: https://hidden-by-a-proxy.example\r\nSec-Fetch-Site: same-origin\r\n",
                "Sec-Fetch-Site: none\r\n"
            })
    void aPageOfItsOwnOrAListedOneAndWhatIsNoPagePublish(String fields) throws Exception {
        assertStatus(201, post("localhost", fields));
    }
}
