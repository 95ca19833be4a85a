package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A template whose signals anybody may send, at a node where nobody may publish. */
class AnonymousSignalsTest extends QuietServer {

    AnonymousSignalsTest() {
        super("""
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": { "events": {}, "chat/*": { "signals": "anonymous" }, "order/*": {} }
            }
            """);
    }

    @Test
    void aSignalReachesWhoConsumesIt(Vertx vertx) throws Exception {
        Promise<Message<String>> next = Promise.promise();
        vertx.eventBus()
                .<String>consumer("sluice.signals.chat", next::tryComplete)
                .completion()
                .await();
        assertEquals(202, post("/chat/42?signal=ask").statusCode());
        Message<String> signal = next.future().await(10, TimeUnit.SECONDS);
        assertEquals("chat/42", signal.headers().get("stream"));
        assertEquals("ask", signal.headers().get("signal"));
        assertEquals("Why?", signal.body());
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /chat/42, 'GET, HEAD, OPTIONS'",
        "POST, /chat/42?end=true, 'GET, HEAD, OPTIONS'",
        "PUT, /chat/42, 'GET, HEAD, OPTIONS, POST'",
        "DELETE, /chat/42, 'GET, HEAD, OPTIONS, POST'",
        "POST, /order/42?signal=ask, 'GET, HEAD, OPTIONS'"
    })
    void nothingElseIsTaken(String method, String path, String allow) throws Exception {
        HttpResponse<String> response = send(node.request(path), method);
        assertEquals(405, response.statusCode());
        assertEquals(allow, response.headers().firstValue("Allow").orElse(""));
    }

    @Test
    void aPageOfAStrangerSendsNone() throws Exception {
        HttpRequest.Builder request = node.request("/chat/42?signal=ask").header("Origin", "https://stranger.example");
        assertEquals(403, send(request, "POST").statusCode());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return send(node.request(path), "POST");
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String method) throws Exception {
        return node.send(request.header("Content-Type", "text/plain").method(method, BodyPublishers.ofString("Why?")));
    }

    @ParameterizedTest
    @CsvSource({"/chat/42, 'GET, HEAD, OPTIONS, POST'", "/order/42, 'GET, HEAD, OPTIONS'"})
    void optionsTellOfSignals(String path, String allow) throws Exception {
        assertEquals(
                allow,
                send(node.request(path), "OPTIONS")
                        .headers()
                        .firstValue("Allow")
                        .orElse(""));
    }
}
