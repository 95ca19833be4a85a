package io.sluice.node;

import static java.util.function.Predicate.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.Skipped;
import io.sluice.testing.TestCertificate;
import io.sluice.testing.client.BrowserClient;
import io.sluice.testing.client.EventRecorder;
import io.sluice.testing.client.ProcessClient;
import io.sluice.testing.client.ReceivedEvent;
import io.sluice.testing.client.ThirdPartyClient;
import io.sluice.testing.network.ScriptedServer;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that other people wrote, all at once on one node, through lifetimes and through a restart of the node. They only
 * listen; then each test looks at what one of them heard.
 */
@Timeout(180)
class ClientsIT {

    /** The way between a client and the node. */
    enum Transport {
        HTTP_1_1("http"),
        /** Over TLS, as browsers want it: for the browser. */
        HTTP_2("https");

        private final String scheme;

        Transport(String scheme) {
            this.scheme = scheme;
        }

        /** Those that speak it. */
        Set<ThirdPartyClient> clients() {
            return this == HTTP_2 ? EnumSet.of(ThirdPartyClient.CHROMIUM) : EnumSet.allOf(ThirdPartyClient.class);
        }

        /** The node's side of it. */
        JsonObject http(Path webroot, int port) {
            JsonObject http =
                    new JsonObject().put("host", "127.0.0.1").put("port", port).put("webroot", webroot.toString());
            return this == HTTP_2 ? http.put("tls", tls) : http;
        }

        String url(int port) {
            return scheme + "://127.0.0.1:" + port + "/events";
        }
    }

    private static final JsonObject STREAMS = new JsonObject("""
            { "events": { "addresses": ["ticks"], "lifetime": "600ms", "retry": "100ms", "history": { "events": 10000 } } }
            """);

    private static final JsonObject PRODUCER = new JsonObject("""
            { "verticle": "io.sluice.node.TickProducer", "config": { "period": "30ms" } }
            """);

    private static JsonObject tls = new JsonObject();

    private static final int LIFETIMES = 3;
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** One client that listens, over one transport. */
    record Listener(ThirdPartyClient client, Transport transport) {

        @Override
        public String toString() {
            return client + " over " + transport;
        }
    }

    private static final Map<Listener, EventRecorder> EARS = new LinkedHashMap<>();
    private static final List<AutoCloseable> FOLLOWING = new ArrayList<>();

    // ---- what happens

    @BeforeAll
    @Timeout(180)
    static void listenOverEachTransport(@TempDir Path webroot, @TempDir Path keys) throws Exception {
        TestCertificate certificate = TestCertificate.in(keys);
        tls = new JsonObject()
                .put("certificate", certificate.certificate().toString())
                .put("key", certificate.key().toString());
        installClients();
        Files.writeString(webroot.resolve("index.html"), BrowserClient.PAGE);
        for (Transport transport : Transport.values()) {
            followThroughARestart(transport, webroot);
        }
    }

    private static void installClients() throws IOException, InterruptedException {
        ProcessClient.install();
        if (Stream.of(ThirdPartyClient.values()).anyMatch(client -> client.isPackage() && isHere(client))) {
            ProcessClient.installPackages();
        }
    }

    private static void followThroughARestart(Transport transport, Path webroot) throws Exception {
        int port;
        try (NodeProcess node = start(transport, webroot, 0)) {
            port = node.port();
            follow(transport, port);
            awaitAll(heard -> lifetimes(heard) >= LIFETIMES);
            node.terminate();
            node.awaitExit(END);
        }
        try (NodeProcess node = start(transport, webroot, port).awaitStart()) {
            awaitAll(heard -> lifetimes(afterRestart(heard)) >= LIFETIMES);
            stopFollowing();
            assertEquals(port, node.port());
        }
    }

    private static NodeProcess start(Transport transport, Path webroot, int port) throws IOException {
        JsonObject configuration = new JsonObject()
                .put("http", transport.http(webroot, port))
                .put("streams", STREAMS)
                .put("producers", List.of(PRODUCER));
        return NodeProcess.start("-conf", configuration.encode());
    }

    private static void follow(Transport transport, int port) throws Exception {
        for (ThirdPartyClient client : transport.clients()) {
            if (isHere(client)) {
                EventRecorder ear = new EventRecorder();
                EARS.put(new Listener(client, transport), ear);
                FOLLOWING.add(client.follow(transport.url(port), ear));
            }
        }
    }

    /** Waits until each has heard enough; for one that never does, its own test fails. */
    private static void awaitAll(Predicate<List<ReceivedEvent>> enough) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        for (EventRecorder ear : EARS.values()) {
            ear.await(enough, deadline);
        }
    }

    @AfterAll
    static void stopFollowing() throws Exception {
        for (AutoCloseable client : FOLLOWING) {
            client.close();
        }
        FOLLOWING.clear();
    }

    // ---- what each of them heard

    @ParameterizedTest
    @MethodSource("listeners")
    void followsThroughLifetimesWithoutLossAndWithoutRepeat(Listener listener) {
        List<ReceivedEvent> heard = beforeRestart(heard(listener));
        assertTrue(lifetimes(heard) >= LIFETIMES, () -> "lifetimes: " + heard);
        assertOneEpoch(messages(heard));
        assertDense(numbers(messages(heard)).get(0), messages(heard));
    }

    @ParameterizedTest
    @MethodSource("listeners")
    void isToldOnceThatTheNodeWasRestarted(Listener listener) {
        List<ReceivedEvent> heard = heard(listener);
        List<ReceivedEvent> gaps = heard.stream().filter(ReceivedEvent::isGap).toList();
        assertEquals(1, gaps.size(), () -> "gaps: " + heard);
        List<ReceivedEvent> before = messages(beforeRestart(heard));
        List<ReceivedEvent> after = messages(afterRestart(heard));
        assertEquals(
                new JsonObject()
                        .put("after", before.get(before.size() - 1).id())
                        .put("next", after.get(0).id())
                        .putNull("lost"),
                new JsonObject(gaps.get(0).data()));
    }

    @ParameterizedTest
    @MethodSource("listeners")
    void getsEveryEventOnceAfterTheRestart(Listener listener) {
        List<ReceivedEvent> heard = afterRestart(heard(listener));
        assertTrue(lifetimes(heard) >= LIFETIMES, () -> "lifetimes: " + heard);
        assertOneEpoch(messages(heard));
        assertNotEquals(
                messages(beforeRestart(heard(listener))).get(0).epoch(),
                messages(heard).get(0).epoch());
        assertDense(1, messages(heard));
    }

    // ---- where a client is wrong

    /** By the standard a block without data fires no event. These hand it to their user, with empty data. */
    private static final Set<ThirdPartyClient> FIRE_WITHOUT_DATA =
            EnumSet.of(ThirdPartyClient.FETCH_EVENT_SOURCE, ThirdPartyClient.VERTX_WEB_CLIENT);

    private static final String POSITION = """
            retry: 50
            id: k3f9a2-7

            """;

    private static final String CLOSE = """
            id: k3f9a2-7
            retry: 50
            event: close
            data: {}

            """;

    /** By the standard an id without data sets the last event id all the same. These drop it. */
    private static final Set<ThirdPartyClient> FORGET_POSITION = EnumSet.of(
            ThirdPartyClient.EVENTSOURCE,
            ThirdPartyClient.EVENTSOURCE_CLIENT,
            ThirdPartyClient.EVENT_SOURCE_POLYFILL,
            ThirdPartyClient.OKHTTP_SSE,
            ThirdPartyClient.OKHTTP_EVENTSOURCE);

    /** A block without data is no event, and is heard all the same. */
    @ParameterizedTest
    @EnumSource(ThirdPartyClient.class)
    void aPositionIsRememberedWhenTheConnectionBreaks(ThirdPartyClient client) throws Exception {
        EventRecorder ear = new EventRecorder();
        boolean remembered = secondRequestAfter(POSITION, client, ear).contains("k3f9a2-7");
        assertEquals(!FORGET_POSITION.contains(client), remembered);
        boolean fired = ear.heard().stream().anyMatch(ClientsIT::isEmpty);
        assertEquals(FIRE_WITHOUT_DATA.contains(client), fired);
    }

    /** The close event has it. */
    @ParameterizedTest
    @EnumSource(ThirdPartyClient.class)
    void aPositionIsRememberedWhenTheLifetimeEnds(ThirdPartyClient client) throws Exception {
        assertTrue(secondRequestAfter(CLOSE, client, new EventRecorder()).contains("k3f9a2-7"));
    }

    private static final String CR_LF = "retry: 50\r\nid: k3f9a2-8\r\ndata: x\r\n\r\n";

    /**
     * By the standard CR LF is one line end; Vert.x takes it for two, so that every line is a block of its own, and the data comes
     * without its id. Sluice sends LF alone.
     */
    @ParameterizedTest
    @EnumSource(ThirdPartyClient.class)
    void crLfIsOneLineEnd(ThirdPartyClient client) throws Exception {
        assumeHere(client);
        EventRecorder ear = new EventRecorder();
        try (ScriptedServer server = ScriptedServer.saying(CR_LF);
                AutoCloseable following = client.follow(server.url(), ear)) {
            ear.await(heard -> !messages(heard).isEmpty(), Instant.now().plus(PATIENCE));
            ReceivedEvent first = messages(ear.heard()).get(0);
            assertEquals("x", first.data(), following::toString);
            assertEquals(client == ThirdPartyClient.VERTX_WEB_CLIENT ? null : "k3f9a2-8", first.id());
        }
    }

    private static String secondRequestAfter(String stream, ThirdPartyClient client, EventRecorder ear)
            throws Exception {
        assumeHere(client);
        try (ScriptedServer server = ScriptedServer.saying(stream);
                AutoCloseable following = client.follow(server.url(), ear)) {
            assertFalse(server.awaitRequest().contains("k3f9a2-7"), following::toString);
            return server.awaitRequest();
        }
    }

    // ---- helpers

    static Stream<Listener> listeners() {
        return Stream.of(Transport.values())
                .flatMap(transport -> transport.clients().stream().map(client -> new Listener(client, transport)));
    }

    private static List<ReceivedEvent> heard(Listener listener) {
        assumeHere(listener.client());
        return EARS.getOrDefault(listener, new EventRecorder()).heard();
    }

    private static boolean isHere(ThirdPartyClient client) {
        return client.missing().isEmpty();
    }

    private static void assumeHere(ThirdPartyClient client) {
        Optional<String> missing = client.missing();
        if (missing.isPresent()) {
            throw Skipped.because("the test of " + client, "no " + missing.get() + " on the PATH");
        }
    }

    private static List<ReceivedEvent> beforeRestart(List<ReceivedEvent> heard) {
        return heard.stream().takeWhile(not(ReceivedEvent::isGap)).toList();
    }

    private static List<ReceivedEvent> afterRestart(List<ReceivedEvent> heard) {
        return heard.stream().dropWhile(not(ReceivedEvent::isGap)).toList();
    }

    private static List<ReceivedEvent> messages(List<ReceivedEvent> heard) {
        return heard.stream().filter(ReceivedEvent::isMessage).toList();
    }

    private static long lifetimes(List<ReceivedEvent> heard) {
        return heard.stream().filter(ReceivedEvent::isLifetime).count();
    }

    private static boolean isEmpty(ReceivedEvent heard) {
        return heard.data().isEmpty();
    }

    private static List<Long> numbers(List<ReceivedEvent> messages) {
        return messages.stream().map(ReceivedEvent::n).toList();
    }

    private static void assertOneEpoch(List<ReceivedEvent> messages) {
        assertEquals(1, messages.stream().map(ReceivedEvent::epoch).distinct().count());
    }

    /** None lost, none twice, in order. */
    private static void assertDense(long first, List<ReceivedEvent> messages) {
        assertEquals(LongStream.range(first, first + messages.size()).boxed().toList(), numbers(messages));
    }
}
