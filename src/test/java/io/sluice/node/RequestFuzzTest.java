package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.client.RawClient;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hundreds of odd requests, made of parts that are wrong in many ways: none is a failure of the node, and none is logged. */
class RequestFuzzTest extends QuietServer {

    private static final int REQUESTS = 600;
    private static final long SEED = 20261126;

    private static final List<String> METHODS = List.of(
            "GET",
            "HEAD",
            "POST",
            "OPTIONS",
            "PUT",
            "DELETE",
            "get",
            "TRACE",
            "CONNECT",
            "PRI",
            "G\u00e9T",
            "X-Y",
            "",
            "A".repeat(300));
    private static final List<String> TARGETS = List.of(
            "/",
            "/events",
            "/health/live",
            "/app.js",
            "/%",
            "/%zz",
            "/%00",
            "/%ff",
            "//",
            "/../..",
            "/%2e%2e/%2e%2e",
            "/.%00.",
            "/events/..;/x",
            "*",
            "?",
            "#",
            "/events#a",
            "/events?",
            "/events?&&==",
            "/events?topic",
            "/events?topic=%",
            "/events?topic=>.>",
            "/events?replay=-1",
            "/events?replay=99999999999",
            "/events?lastEventId=%e2%82",
            "/events?node=1;node",
            "http://",
            "http://[",
            "http://localhost:99999/",
            "ftp://x/",
            "/\u00ff",
            "/\u0001",
            "/a\\b",
            "/" + "a/".repeat(1500),
            "/events?" + "a&".repeat(1500),
            "/" + "%41".repeat(1000),
            "/events?topic=" + "a.".repeat(1000));
    private static final List<String> FIELDS = List.of(
            "Accept: ;;q=x,,/",
            "Accept: text/event-stream;q=2",
            "Content-Type: ;charset",
            "Content-Type: a/b/c;charset=\"",
            "Range: bytes=-",
            "Range: bytes=9-1,x",
            "If-Modified-Since: never",
            "If-None-Match: \"",
            "If-Range: x",
            "Last-Event-ID: \u00ff\u0001",
            "Origin: ://",
            "Origin: null",
            "Sec-Fetch-Site: x",
            "Expect: x",
            "Upgrade: websocket",
            "Connection: upgrade, http2-settings",
            "Upgrade: h2c",
            "HTTP2-Settings: !!",
            "Cookie: =;=",
            "Host: [",
            "Content-Length: x",
            "Transfer-Encoding: x",
            "Accept-Encoding: ;q=",
            "X: " + "a".repeat(9000),
            ": x",
            "no colon",
            "Idempotency-Key: \"\\",
            "Sluice-Type: \u00ff",
            "Content-Length: 2",
            "Content-Type: application/json",
            "Forwarded: for=;",
            "X-Forwarded-Host: [");

    RequestFuzzTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0, "headTimeout": "500ms", "bodyTimeout": "500ms", "cors": { "origins": ["https://app.example"] } },
              "streams": { "events": { "lifetime": "20ms" } },
              "publish": { "enabled": true, "anonymous": true }
            }
            """);
    }

    @Test
    void noRequestMakesTheNodeFail() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < REQUESTS; i++) {
            StringBuilder request =
                    new StringBuilder(one(METHODS, random)).append(' ').append(one(TARGETS, random));
            request.append(random.nextInt(10) == 0 ? " HTTP/1.0" : " HTTP/1.1")
                    .append("\r\nHost: localhost\r\nConnection: close\r\n");
            for (int fields = random.nextInt(4); fields > 0; fields--) {
                request.append(one(FIELDS, random)).append("\r\n");
            }
            try (RawClient client = new RawClient(node.port())) {
                client.write(request.append("\r\n{}").toString());
                String answer = client.everything();
                assertTrue(!answer.matches("(?s)HTTP/1.. 50[02-9].*"), () -> request + "\n" + answer);
            }
        }
        assertTrue(node.get("/events").statusCode() == 200, "it serves on");
    }

    private static String one(List<String> parts, Random random) {
        return parts.get(random.nextInt(parts.size()));
    }
}
