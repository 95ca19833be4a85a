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

    private static final String UPGRADE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
            + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n";

    UpgradeTest() {
        super("{}");
    }

    @ParameterizedTest
    @CsvSource({"false, HTTP/1.1 200 OK", "true, HTTP/1.1 101 Switching Protocols"})
    void anUpgradeIsTakenOnlyWhereTheNodeIsToldTo(boolean h2cUpgrade, String status, Vertx vertx) throws Exception {
        ServedStream told =
                ServedStream.serve(vertx, node.stream(), "{\"http\": {\"h2cUpgrade\": " + h2cUpgrade + "}}");
        try (RawClient client = new RawClient(told.port())) {
            client.write(UPGRADE);
            assertEquals(status, client.head().lines().findFirst().orElse(""));
        }
    }
}
