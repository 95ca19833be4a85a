package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.testing.client.RawClient;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes of a request that would upgrade its connection to HTTP/2: behind a proxy, that walks by the proxy's rules. */
@Timeout(20)
class UpgradeTest extends QuietServer {

    UpgradeTest() {
        super("{}");
    }

    @ParameterizedTest
    @CsvSource({"false, HTTP/1.1 200 OK", "true, HTTP/1.1 101 Switching Protocols"})
    void anUpgradeIsTakenOnlyWhereTheNodeIsToldTo(boolean h2cUpgrade, String status, Vertx vertx) throws Exception {
        ServedStream told =
                ServedStream.serve(vertx, node.stream(), "{\"http\": {\"h2cUpgrade\": " + h2cUpgrade + "}}");
        try (RawClient client = new RawClient(told.port())) {
            client.send(
                    "GET /health/live HTTP/1.1",
                    "Connection: Upgrade, HTTP2-Settings",
                    "Upgrade: h2c",
                    "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA");
            assertEquals(status, client.head().lines().findFirst().orElse(""));
        }
    }
}
