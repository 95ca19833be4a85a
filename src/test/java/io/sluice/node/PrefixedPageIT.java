package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.NewEvent;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.client.DemoPage;
import io.sluice.testing.process.ProxyProcess;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The demo page behind an nginx that has the node below a prefix. */
@Timeout(120)
@ExtendWith(VertxExtension.class)
class PrefixedPageIT {

    private static final String NGINX = """
            events { worker_connections 64; }
            http {
                server {
                    listen 80;
                    location /sluice/ { proxy_pass http://127.0.0.1:8080/; }
                }
            }
            """;

    @Test
    void thePageFindsItsStreamBelowThePrefix(@TempDir Path profile, @TempDir Path directory, Vertx vertx)
            throws Exception {
        try (DemoPage page = DemoPage.startOrSkip(profile)) {
            EventStream stream =
                    EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
            stream.publish(new NewEvent("t", null, "{\"message\":\"Hello World\",\"timestamp\":\"now\"}"))
                    .await();
            ServedStream node = ServedStream.serve(vertx, stream, "{\"http\": {\"host\": \"127.0.0.1\"}}");
            try (ProxyProcess nginx = ProxyProcess.nginx(directory, NGINX, node.port())) {
                String url = "http://127.0.0.1:" + nginx.port() + "/sluice/";
                page.load(url + "?topic=t");
                page.awaitMessages(1);
                assertEquals("open", page.state());
                assertEquals("curl -N '" + url + "events?topic=t'", page.text("#curl"));
                assertTrue(page.text("#ask-curl").endsWith("curl -N " + url + "chat/mine"), page.text("#ask-curl"));
                assertEquals(List.of(), page.complaints());
            }
            stream.close().await();
        }
    }
}
