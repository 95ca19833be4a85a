package io.sluice.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Event;
import io.sluice.sse.SseFormat;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.client.BridgeSocket;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bridge by its bytes, in front of a stream: permitted frames, messages from the bus, refusals. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
// JUnit's beforeEach.
@SuppressWarnings("NullAway.Init")
class BridgeVerticleTest {

    private static final JsonObject PONG = new JsonObject().put("type", "pong");
    private static final JsonObject DENIED = error("access_denied");

    private Vertx vertx;
    private EventStream stream;
    private String deployment;
    private int port;

    @BeforeEach
    void bridge(Vertx vertx) {
        this.vertx = vertx;
        stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT.withAddresses("ticks", "prices.eur"))
                .await();
        // As the handler that serves it does.
        stream.use(SseFormat.INSTANCE);
        BridgeSettings settings = new BridgeSettings(
                "127.0.0.1",
                0,
                List.of("ticks", "prices.*", "sluice.events", "ears.>"),
                List.of("ears.>"),
                64 << 10,
                Duration.ofSeconds(60));
        BridgeVerticle verticle = new BridgeVerticle(settings);
        deployment = vertx.deployVerticle(verticle).await();
        port = verticle.port();
    }

    /** It counts as the node's other connections do. */
    @Test
    void aConnectionThatIsOneTooManyIsClosedAtOnce() throws Exception {
        Semaphore room = new Semaphore(1);
        BridgeSettings settings =
                new BridgeSettings("127.0.0.1", 0, List.of("ticks"), List.of(), 64 << 10, Duration.ofSeconds(60));
        BridgeVerticle verticle = new BridgeVerticle(settings, new Admission() {

            @Override
            public boolean enter() {
                return room.tryAcquire();
            }

            @Override
            public void leave() {
                room.release();
            }
        });
        vertx.deployVerticle(verticle).await();
        try (BridgeSocket first = new BridgeSocket(verticle.port())) {
            assertPong(first);
            try (BridgeSocket second = new BridgeSocket(verticle.port())) {
                assertThrows(IOException.class, second::hear);
            }
        }
        Await.await("room", () -> room.availablePermits() == 1);
        try (BridgeSocket third = new BridgeSocket(verticle.port())) {
            assertPong(third);
        }
    }

    private static void assertPong(BridgeSocket client) throws IOException {
        client.say("{\"type\":\"ping\"}");
        assertEquals("pong", client.hear().getString("type"));
    }

    // ---- to the bus

    @Test
    void publishedMessagesBecomeEventsInOrder() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            for (int i = 1; i <= 100; i++) {
                client.say("{\"type\":\"publish\",\"address\":\"ticks\",\"body\":{\"i\":" + i + "}}");
            }
            request(client, "{\"i\":101}");
        }
        List<String> expected =
                IntStream.rangeClosed(1, 101).mapToObj(i -> "{\"i\":" + i + "}").toList();
        assertEquals(expected, data());
    }

    @Test
    void aFrameMayComeByteByByteAndTogetherWithOthers() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            byte[] frame = BridgeSocket.frame("{\"type\":\"publish\",\"address\":\"prices.eur\",\"body\":\"a€\"}");
            for (byte one : frame) {
                client.write(new byte[] {one});
            }
            client.write(
                    ByteBuffer.allocate(2 * frame.length).put(frame).put(frame).array());
            request(client, "true");
        }
        assertEquals(List.of("a€", "a€", "a€", "true"), data());
        assertEquals("prices.eur", event(1).topic());
    }

    @Test
    void aRequestIsAnsweredWithTheIdOfItsEvent() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            JsonObject answer = request(client, "\"first\"");
            assertEquals("message", answer.getString("type"));
            assertEquals("answer", answer.getString("address"));
            assertEquals(event(1).id().toString(), answer.getString("body"));
        }
    }

    @Test
    void headersGiveTopicTypeAndKey() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            String headers = "{\"topic\":\"prices.usd\",\"type\":\"trade\",\"Idempotency-Key\":\"k-1\"}";
            String first = requestWith(client, headers).getString("body");
            assertEquals(first, requestWith(client, headers).getString("body"), "the first one's answer");
        }
        assertEquals("prices.usd", event(1).topic());
        assertEquals("id: E-1\nevent: trade\ndata: 1\n\n", wire());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            gap,   type "gap" is Sluice's own: expected another name
            error, type "error" goes to the onerror of every EventSource: expected another name
            """)
    void aRequestThatCannotBeAnEventIsAnsweredWithWhatIsWrong(String type, String why) throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            assertEquals(
                    new JsonObject()
                            .put("type", "err")
                            .put("address", "answer")
                            .put("sourceAddress", "sluice.events")
                            .put("failureCode", 400)
                            .put("failureType", "RECIPIENT_FAILURE")
                            .put("message", why),
                    requestWith(client, "{\"type\":\"" + type + "\"}"));
        }
    }

    // ---- from the bus

    @Test
    void aListenerHearsMessagesAndAnswersRequests() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            listen(client, "ears.a.b");
            vertx.eventBus().publish("ears.a.b", new JsonObject().put("price", 1.09));
            assertEquals(new JsonObject().put("price", 1.09), client.hear().getJsonObject("body"));

            var answer = vertx.eventBus().<String>request("ears.a.b", "how much?");
            String replyAddress = client.hear().getString("replyAddress");
            client.say("{\"type\":\"send\",\"address\":\"" + replyAddress + "\",\"body\":\"1.09\"}");
            assertEquals("1.09", answer.await(10, TimeUnit.SECONDS).body());
        }
    }

    @Test
    void registeringTwiceIsRefusedAndHeardOnce() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            listen(client, "ears.a");
            client.say("{\"type\":\"register\",\"address\":\"ears.a\"}");
            assertEquals(error("register \"ears.a\": it is registered already"), client.hear());
            vertx.eventBus().publish("ears.a", "once");
            assertEquals("once", client.hear().getString("body"));
            ping(client);
            client.say("{\"type\":\"unregister\",\"address\":\"ears.a\"}");
            listen(client, "ears.a");
        }
    }

    @Test
    void aClientRegistersAThousandAddressesAndNoMore() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            for (int i = 1; i <= 1000; i++) {
                client.say("{\"type\":\"register\",\"address\":\"ears." + i + "\"}");
            }
            ping(client);
            client.say("{\"type\":\"register\",\"address\":\"ears.more\"}");
            assertEquals(error("register \"ears.more\": expected at most 1000 addresses"), client.hear());
        }
    }

    @Test
    void aClientThatLeavesListensNoLonger() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            listen(client, "ears.a");
        }
        awaitNoListenerAt("ears.a");
    }

    @Test
    void aClientThatDoesNotReadIsCutOffAndTheOthersHearAll() throws Exception {
        String large = "x".repeat(60_000);
        // These are 24 MB.
        int count = 400;
        try (BridgeSocket slow = new BridgeSocket(port);
                BridgeSocket other = new BridgeSocket(port)) {
            listen(slow, "ears.slow");
            listen(other, "ears.other");
            for (int i = 0; i < count; i++) {
                vertx.eventBus().publish("ears.slow", large);
            }
            awaitNoListenerAt("ears.slow");
            vertx.eventBus().publish("ears.other", "still there");
            assertEquals("still there", other.hear().getString("body"));
            assertThrows(IOException.class, () -> hearAll(slow, count));
        }
    }

    /** The bridge of Vert.x keeps each of them as long as the connection lives. */
    @Test
    void theNewestTenThousandUnansweredRequestsAreKept() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            listen(client, "ears.a");
            DeliveryOptions patient = new DeliveryOptions().setSendTimeout(60_000);
            for (int i = 0; i <= 10_000; i++) {
                vertx.eventBus().request("ears.a", i, patient);
            }
            String oldest = client.hear().getString("replyAddress");
            String newest = oldest;
            for (int i = 1; i <= 10_000; i++) {
                newest = client.hear().getString("replyAddress");
            }
            client.say("{\"type\":\"send\",\"address\":\"" + newest + "\",\"body\":1}");
            ping(client);
            client.say("{\"type\":\"send\",\"address\":\"" + oldest + "\",\"body\":1}");
            assertEquals(DENIED, client.hear());
        }
    }

    // ---- refusals

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"publish\",\"address\":\"other\",\"body\":1}",
                "{\"type\":\"publish\",\"address\":\"ticks.more\",\"body\":1}",
                "{\"type\":\"publish\",\"address\":\"prices\",\"body\":1}",
                "{\"type\":\"publish\",\"address\":\"prices.eur.usd\",\"body\":1}",
                "{\"type\":\"publish\",\"address\":\"prices_eur\",\"body\":1}",
                "{\"type\":\"send\",\"address\":\"sluice.other\",\"replyAddress\":\"x\",\"body\":1}",
                "{\"type\":\"send\",\"address\":\"__vertx.reply.1\",\"body\":1}",
                "{\"type\":\"register\",\"address\":\"ticks\"}",
                "{\"type\":\"register\",\"address\":\"ears\"}",
                "{\"type\":\"unregister\",\"address\":\"ticks\"}",
            })
    void anAddressThatIsNotPermittedIsDeniedEachTime(String frame) throws Exception {
        BlockingQueue<Message<Object>> leaked = new LinkedBlockingQueue<>();
        for (String address : List.of("other", "ticks.more", "prices", "prices.eur.usd", "prices_eur")) {
            vertx.eventBus().consumer(address, leaked::add);
        }
        try (BridgeSocket client = new BridgeSocket(port)) {
            client.say(frame);
            client.say(frame);
            assertEquals(DENIED, client.hear());
            assertEquals(DENIED, client.hear());
            ping(client);
        }
        assertEquals(List.of(), List.copyOf(leaked));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '\0', textBlock = """
            {}                                           => type: null: expected one of ping, publish, register, send, unregister
            {"type":"foo"}                               => type: "foo": expected one of ping, publish, register, send, unregister
            {"type":1}                                   => type: 1: expected one of ping, publish, register, send, unregister
            {"type":"publish","body":1}                  => missing_address
            {"type":"register","address":null}           => missing_address
            {"type":"publish","address":["ticks"]}       => address: ["ticks"]: expected a text
            {"type":"send","address":"ticks","replyAddress":1} => replyAddress: 1: expected a text
            {"type":"publish","address":"ticks","headers":1}   => headers: 1: expected an object
            {"type":"publish","address":"ticks","headers":{"a":{}}}        => headers.a: {}: expected a text, number or boolean
            {"type":"publish","address":"ticks","headers":{"a":null}}      => headers.a: null: expected a text, number or boolean
            {"type":"publish","address":"ticks","headers":{"timeout":0}}   => headers.timeout: 0: expected milliseconds, 1 to 300000
            {"type":"publish","address":"ticks","headers":{"timeout":"1"}} => headers.timeout: "1": expected milliseconds, 1 to 300000
            {"type":"publish","address":"ticks","headers":{"localOnly":1}} => headers.localOnly: 1: expected true or false
            {"type":"publish","address":"ticks","headers":{"codecName":"x"}} => headers.codecName: "x": expected no such header
            {"type":"publish","address":"ticks","body":123456789012345678901} => body: 123456789012345678901: expected an object, a list, a text, a boolean, or a number of 64 bits
            {"type":"send","address":"ticks","failureCode":"x"} => failureCode: "x": expected a whole number
            null                                         => the frame: "null": expected one JSON object
            [1]                                          => the frame: "[1]": expected one JSON object
            {"type":"ping"} {}                           => the frame: "{"type":"ping"} {}": expected one JSON object
            """)
    void anErrorInAFrameIsNamedAndTheNextFrameIsTaken(String frame, String message) throws Exception {
        assertRefused(BridgeSocket.frame(frame), message);
    }

    @Test
    void aFrameThatIsNoUtf8OrNoJsonIsNamedAndTheNextOneIsTaken() throws Exception {
        assertRefused(BridgeSocket.frame(new byte[] {'"', (byte) 0xff, '"'}), "the frame is not UTF-8");
        assertRefused(BridgeSocket.frame(""), "the frame: \"\": expected one JSON object");
    }

    /** 990 lists inside each other overflowed the stack of the event loop when they were encoded, and nothing was answered. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '\0', textBlock = """
            {"type":"send","address":"ticks","body":%s}        => [ => ]
            {"type":"send","address":"ticks","body":%s}        => {"a": => }
            {"type":"send","address":%s}                       => [ => ]
            {"type":"send","address":"ticks","headers":%s}     => {"a": => }
            {"type":%s}                                        => [ => ]
            """)
    void aFrameThatIsNestedTooDeepIsNamedAndTheNextOneIsTaken(String frame, String open, String close)
            throws Exception {
        for (int levels : List.of(200, 500, 990)) {
            String nested = open.repeat(levels) + "[]" + close.repeat(levels);
            assertRefused(
                    BridgeSocket.frame(frame.formatted(nested)),
                    "the frame: more than 200 objects and lists inside each other: expected at most 200");
        }
    }

    @Test
    void aFrameOfTwoHundredLevelsIsAnEvent() throws Exception {
        String nested = "[".repeat(199) + "]".repeat(199);
        try (BridgeSocket client = new BridgeSocket(port)) {
            assertEquals("message", request(client, nested).getString("type"));
        }
        assertEquals(List.of(nested), data());
    }

    @Test
    void aFrameThatIsTooLargeIsNamedAndTheNextOneIsTaken() throws Exception {
        assertRefused(BridgeSocket.frame(new byte[1 << 20]), "a frame of 1048576 bytes: expected at most 64kB");
    }

    @Test
    void aFrameThatAnnouncesTwoGigabytesIsSkipped() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            client.write(new byte[] {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});
            assertEquals(error("a frame of 2147483647 bytes: expected at most 64kB"), client.hear());
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                client.write(megabyte);
            }
        }
    }

    @Test
    void aNodeThatStopsClosesTheConnections() throws Exception {
        try (BridgeSocket client = new BridgeSocket(port)) {
            ping(client);
            vertx.undeploy(deployment).await();
            assertThrows(EOFException.class, client::hear);
        }
    }

    // ---- helpers

    private void assertRefused(byte[] frame, String message) throws IOException {
        try (BridgeSocket client = new BridgeSocket(port)) {
            client.write(frame);
            assertEquals(error(message), client.hear());
            ping(client);
        }
    }

    private static JsonObject error(String message) {
        return new JsonObject().put("type", "err").put("message", message);
    }

    private static void ping(BridgeSocket client) throws IOException {
        client.say("{\"type\":\"ping\"}");
        assertEquals(PONG, client.hear());
    }

    /** Registers, and waits until the bus knows. */
    private static void listen(BridgeSocket client, String address) throws IOException {
        client.say("{\"type\":\"register\",\"address\":\"" + address + "\"}");
        ping(client);
    }

    private static JsonObject request(BridgeSocket client, String body) throws IOException {
        client.say(
                "{\"type\":\"send\",\"address\":\"sluice.events\",\"replyAddress\":\"answer\",\"body\":" + body + "}");
        return client.hear();
    }

    private static JsonObject requestWith(BridgeSocket client, String headers) throws IOException {
        client.say(
                "{\"type\":\"send\",\"address\":\"sluice.events\",\"replyAddress\":\"answer\",\"body\":1,\"headers\":"
                        + headers + "}");
        return client.hear();
    }

    private static void hearAll(BridgeSocket client, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertTrue(client.hear().containsKey("body"));
        }
    }

    private void awaitNoListenerAt(String address) throws Exception {
        Await.await("nobody listens at " + address, Duration.ofSeconds(20), () -> !hasListener(address));
    }

    private boolean hasListener(String address) {
        var options = new DeliveryOptions().setSendTimeout(1);
        return vertx.eventBus()
                .request(address, "?", options)
                .map(answer -> true)
                .recover(failure -> Future.succeededFuture(
                        !((ReplyException) failure).failureType().equals(ReplyFailure.NO_HANDLERS)))
                .await();
    }

    private Event event(long n) {
        return Objects.requireNonNull(stream.journal().read(n)).event();
    }

    private List<String> data() {
        return wire().lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    /** The stream's frames; E stands for the epoch. */
    private String wire() {
        StringBuilder wire = new StringBuilder();
        for (long n = 1; n <= stream.journal().head(); n++) {
            wire.append(new String(SseFormat.INSTANCE.encode(event(n)).bytes(), StandardCharsets.UTF_8));
        }
        return wire.toString().replaceAll("(?m)^id: [a-z0-9]+-", "id: E-");
    }
}
