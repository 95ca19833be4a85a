package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node with neither a webroot nor the demo. */
class FrontPageTest extends QuietServer {

    FrontPageTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0, "webroot": "no such directory" },
              "auth": { "jwt": { "secret": "01234567890123456789012345678901" } },
              "streams": { "events": { "read": "anyone" }, "orders": {}, "chat/*": { "read": "anyone" } }
            }
            """);
    }

    @Test
    void itSaysWhichStreamsAnybodyMayRead() throws Exception {
        HttpResponse<String> page = node.get("/");
        assertEquals(200, page.statusCode());
        assertEquals(
                "text/plain;charset=UTF-8",
                page.headers().firstValue("Content-Type").orElse(""));
        assertEquals("""
                This is Sluice, which streams events. Its streams:

                  /events
                  /chat/NAME

                A directory "webroot" beside the node puts a page here, and "http": { "demo": true } the demo.
                """, page.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/demo.json", "/index.html", "/app.js"})
    void thereIsNoDemo(String path) throws Exception {
        assertEquals(404, node.get(path).statusCode());
    }
}
