package io.sluice.node;

import static io.sluice.testing.process.ProxyProcess.replace;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.RawClient;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.process.NodeProcess;
import io.sluice.testing.process.ProxyProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A stream behind nginx and HAProxy, as {@code conf/nginx.conf} and {@code conf/haproxy.cfg} set them up, and worse; and behind
 * Express.
 */
@Timeout(120)
// JUnit sets the fields.
@SuppressWarnings("NullAway.Init")
class ProxyIT {

    private static final String CONFIGURATION = """
            {
              "http": { "host": "127.0.0.1", "port": 0 },
              "streams": {
                "endless": { "lifetime": "0s", "heartbeat": "1s" },
                "silent": { "lifetime": "0s", "heartbeat": "0s" },
                "brief": { "lifetime": "500ms" }
              },
              "publish": { "enabled": true, "anonymous": true }
            }
            """;

    private static final String DEBUG = """
            <configuration>
              <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %-5level %logger{0} - %msg%n</pattern></encoder>
              </appender>
              <logger name="io.sluice" level="DEBUG"/>
              <root level="WARN"><appender-ref ref="console"/></root>
            </configuration>
            """;

    /** A kernel sends what a proxy has called unfinished (MSG_MORE) after 200 ms. */
    private static final long HELD_MILLIS = 190;

    private static final int SIGTERM = 128 + 15;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    enum Proxy {
        NGINX {
            @Override
            ProxyProcess start(Path directory, int nodePort) throws Exception {
                return ProxyProcess.nginx(directory, ProxyProcess.shippedNginx(certificate()), nodePort);
            }
        },
        /** A configuration that knows nothing of Sluice: HTTP/1.0 to the node, and responses are buffered unless they ask not to be. */
        NGINX_WITH_ITS_DEFAULTS {
            @Override
            ProxyProcess start(Path directory, int nodePort) throws Exception {
                String defaults = """
                        events {}
                        http {
                            server { listen 80; location / { proxy_pass http://127.0.0.1:8080; } }
                        }
                        """;
                return ProxyProcess.nginx(directory, defaults, nodePort);
            }
        },
        NGINX_THAT_COMPRESSES {
            @Override
            ProxyProcess start(Path directory, int nodePort) throws Exception {
                String gzip = "http {\n    gzip on;\n    gzip_proxied any;\n    gzip_min_length 1;";
                return ProxyProcess.nginx(
                        directory, replace(ProxyProcess.shippedNginx(certificate()), "http {", gzip), nodePort);
            }
        },
        /** Which gives up a node that is silent for longer than two heartbeats. */
        IMPATIENT_NGINX {
            @Override
            ProxyProcess start(Path directory, int nodePort) throws Exception {
                String impatient = replace(
                        ProxyProcess.shippedNginx(certificate()),
                        "proxy_read_timeout 60s",
                        "proxy_read_timeout 2500ms");
                return ProxyProcess.nginx(directory, impatient, nodePort);
            }
        },
        HAPROXY {
            @Override
            ProxyProcess start(Path directory, int nodePort) throws Exception {
                return ProxyProcess.haproxy(directory, shipped("haproxy.cfg"), nodePort);
            }
        },
        HAPROXY_THAT_COMPRESSES {
            @Override
            ProxyProcess start(Path directory, int nodePort) throws Exception {
                String gzip = "backend sluice\n    compression algo gzip";
                return ProxyProcess.haproxy(
                        directory, replace(shipped("haproxy.cfg"), "backend sluice\n", gzip + "\n"), nodePort);
            }
        },
        IMPATIENT_HAPROXY {
            @Override
            ProxyProcess start(Path directory, int nodePort) throws Exception {
                String impatient = replace(shipped("haproxy.cfg"), "timeout server 60s", "timeout server 2500ms");
                return ProxyProcess.haproxy(directory, impatient, nodePort);
            }
        },
        /** Which would hold back a stream for ever, and leaves alone what says {@code no-transform}. */
        EXPRESS_THAT_COMPRESSES {
            @Override
            ProxyProcess start(Path directory, int nodePort) throws Exception {
                return ProxyProcess.express(directory, nodePort);
            }
        };

        abstract ProxyProcess start(Path directory, int nodePort) throws Exception;

        private static String shipped(String name) throws IOException {
            return Files.readString(Path.of("conf", name));
        }
    }

    private static NodeProcess node;
    private static @Nullable TestCertificate certificate;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startNode(@TempDir Path directory) throws Exception {
        certificate = TestCertificate.in(directory);
        ProxyProcess.installExpress();
        node = start(directory);
    }

    private static TestCertificate certificate() {
        return Objects.requireNonNull(certificate);
    }

    private static NodeProcess start(Path directory) throws Exception {
        Path logback = Files.writeString(directory.resolve("logback.xml"), DEBUG);
        return NodeProcess.start(Path.of(""), List.of("-Dlogback.configurationFile=" + logback), "-conf", CONFIGURATION)
                .awaitStart();
    }

    @AfterAll
    static void stopNode() {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachEventArrivesBeforeTheNextIsPublished(Proxy kind) throws Exception {
        try (ProxyProcess proxy = kind.start(directory, node.port());
                RawClient client = subscribe(proxy, "/endless?replay=none&topic=" + kind)) {
            String head = client.head().toLowerCase(Locale.ROOT);
            assertTrue(head.startsWith("http/1.1 200 "), head);
            assertTrue(head.contains("\ncontent-type: text/event-stream\n"), head);
            assertFalse(head.contains("content-encoding"), head);
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                long published = System.nanoTime();
                String id = publish(proxy.port(), "/endless?topic=" + kind, i);
                SseBlock event = nextMessage(client);
                millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - published));
                assertEquals(id, event.id());
                assertEquals(String.valueOf(i), event.data());
            }
            long held = millis.stream().filter(m -> m >= HELD_MILLIS).count();
            assertTrue(held < 5, "from publish to arrival, in ms: " + millis);
        }
    }

    /** It would walk by the rules of the proxy. */
    @ParameterizedTest
    @EnumSource
    void nobodyUpgradesToHttp2(Proxy kind) throws Exception {
        try (ProxyProcess proxy = kind.start(directory, node.port());
                RawClient client = new RawClient(proxy.port())) {
            client.send(
                    "GET /health/live HTTP/1.1",
                    "Connection: Upgrade, HTTP2-Settings",
                    "Upgrade: h2c",
                    "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA");
            String head = client.head();
            assertTrue(head.startsWith("HTTP/1.1 200 "), head);
        }
    }

    /** The node would wait for a body, and the next client's request would be it. */
    @ParameterizedTest
    @EnumSource
    void aFieldThatOnlyLooksLikeALengthHoldsUpNobody(Proxy kind) throws Exception {
        try (ProxyProcess proxy = kind.start(directory, node.port())) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = RawClient.get(proxy.port(), "/health/live", "Content-Xength: 300");
                        RawClient next = RawClient.get(proxy.port(), "/health/live")) {
                    assertTrue(client.head().startsWith("HTTP/1.1 200 "));
                    assertTrue(next.head().startsWith("HTTP/1.1 200 "));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEndReachesTheClientAndTheConnectionStaysUsable(Proxy kind) throws Exception {
        try (ProxyProcess proxy = kind.start(directory, node.port());
                RawClient client = subscribe(proxy, "/brief")) {
            for (int i = 0; i < 2; i++) {
                client.head();
                assertTrue(client.rest().endsWith("\nevent: close\ndata: {}\n\n"));
                client.send("GET /brief HTTP/1.1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatComesBackGetsEachEventOnce(Proxy kind) throws Exception {
        try (ProxyProcess proxy = kind.start(directory, node.port())) {
            String last = publish(node.port(), "/brief", "before");
            List<String> published = new ArrayList<>();
            List<String> received = new ArrayList<>();
            for (int lifetime = 0; lifetime < 4; lifetime++) {
                // The node is away.
                publishThree(published);
                try (RawClient client = subscribe(proxy, "/brief", "Last-Event-ID: " + last)) {
                    client.head();
                    if (lifetime < 3) {
                        // The node is there.
                        publishThree(published);
                    }
                    for (SseBlock block : blocks(client.rest())) {
                        last = block.id() == null ? last : String.valueOf(block.id());
                        // A gap would be one too many.
                        if (block.data() != null && !"close".equals(block.event())) {
                            received.add(last);
                        }
                    }
                }
            }
            assertEquals(published, received);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "IMPATIENT.*")
    void heartbeatsPassAndHoldTheConnection(Proxy kind) throws Exception {
        try (ProxyProcess proxy = kind.start(directory, node.port());
                RawClient client = subscribe(proxy, "/endless?replay=none&topic=" + kind)) {
            client.head();
            client.blocks(1);
            for (int i = 0; i < 4; i++) {
                assertEquals(":", client.blocks(1).lines().findFirst().orElse(""));
            }
            String id = publish(node.port(), "/endless?topic=" + kind, "after 4 s");
            assertEquals(id, nextMessage(client).id());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNodeNoticesThatAClientHasGone(Proxy kind) throws Exception {
        try (ProxyProcess proxy = kind.start(directory, node.port())) {
            String topic = "gone." + kind;
            try (RawClient client = subscribe(proxy, "/silent?replay=none&topic=" + topic)) {
                client.head();
                client.blocks(1);
            }
            String id = node.awaitLine("silent: subscription (\\d+) to " + Pattern.quote(topic) + " opens")
                    .group(1);
            node.awaitLine("silent: subscription " + id + " ends at [a-z0-9]+-\\d+: GONE");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NGINX", "NGINX_WITH_ITS_DEFAULTS", "HAPROXY"})
    void aNodeThatStopsTellsTheClient(Proxy kind) throws Exception {
        try (NodeProcess stopping = start(directory);
                ProxyProcess proxy = kind.start(directory, stopping.port());
                RawClient client = subscribe(proxy, "/endless")) {
            client.head();
            client.blocks(1);
            stopping.terminate();
            assertTrue(client.rest().endsWith("\nevent: close\ndata: {\"reason\":\"drain\"}\n\n"));
            assertEquals(SIGTERM, stopping.awaitExit(Duration.ofSeconds(10)));
        }
    }

    // ---- helpers

    private static RawClient subscribe(ProxyProcess proxy, String target, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of("Accept: text/event-stream", "Accept-Encoding: gzip, deflate"));
        all.addAll(List.of(headers));
        return RawClient.get(proxy.port(), target, all.toArray(String[]::new));
    }

    /** The next event; heartbeats and positions may come before. */
    private static SseBlock nextMessage(RawClient client) throws IOException {
        SseBlock block;
        do {
            block = SseBlock.of(client.blocks(1));
        } while (block.data() == null);
        assertTrue(block.isMessage(), block.text());
        return block;
    }

    private static List<SseBlock> blocks(String body) {
        return Pattern.compile("\n\n").splitAsStream(body).map(SseBlock::of).toList();
    }

    private static void publishThree(List<String> published) throws Exception {
        for (int i = 0; i < 3; i++) {
            published.add(publish(node.port(), "/brief", i));
        }
    }

    /** Publishes, and has the receipt's id. */
    private static String publish(int port, String target, Object value) throws IOException, InterruptedException {
        HttpRequest post = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(String.valueOf(value)))
                .build();
        HttpResponse<String> receipt = CLIENT.send(post, BodyHandlers.ofString());
        assertEquals(201, receipt.statusCode(), receipt.body());
        return new JsonObject(receipt.body()).getString("id");
    }
}
