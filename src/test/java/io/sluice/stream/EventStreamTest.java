package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.Journal;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
import io.sluice.sse.SseFormat;
import io.sluice.testing.log.HeldLog;
import io.sluice.testing.log.SlowLog;
import io.sluice.testing.log.WriterLog;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class EventStreamTest {

    private EventBus bus;
    private EventStream stream;

    @BeforeEach
    void open(Vertx vertx) {
        bus = vertx.eventBus();
        stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT.withAddresses("ticks", "prices.eur"))
                .await();
    }

    @AfterEach
    void close() {
        stream.close().await();
    }

    @Test
    void takesEveryKindOfBodyThatPolyglotProducersSend() {
        request(new JsonObject().put("b", 1).put("a", "ü"));
        request(new JsonArray().add(1).addNull());
        request("text");
        request(Buffer.buffer("bytes ü"));
        request(42);
        request(1.5);
        request(true);
        assertEquals(List.of("{\"b\":1,\"a\":\"ü\"}", "[1,null]", "text", "bytes ü", "42", "1.5", "true"), data());
    }

    @Test
    void theTopicIsTheAddressOrTheStreamOrTheHeader() {
        bus.request("ticks", "a").await();
        bus.request("prices.eur", "b").await();
        request("c");
        bus.request("sluice.events", "d", headers("topic", "prices.usd")).await();
        assertEquals(List.of("ticks", "prices.eur", "events", "prices.usd"), topics());
    }

    @Test
    void theTypeIsAHeader() {
        bus.request("ticks", "a", headers("type", "alert")).await();
        assertTrue(frame(1).contains("event: alert\n"), frame(1));
    }

    @Test
    void aRequestIsAnsweredWithTheIdOnceTheLogHasIt() {
        Object first = bus.request("sluice.events", "a").await().body();
        Object second = bus.request("ticks", "b").await().body();
        assertEquals(stream.journal().id(1).toString(), first);
        assertEquals(stream.journal().id(2).toString(), second);
    }

    @Test
    void aRepeatedRequestGetsTheFirstIdAndAddsNothing() {
        DeliveryOptions key = headers("Idempotency-Key", "k");
        Object first = bus.request("sluice.events", "a", key).await().body();
        bus.request("ticks", "b").await();
        assertEquals(first, bus.request("sluice.events", "a", key).await().body());
        assertEquals(List.of("a", "b"), data());
    }

    @Test
    void twoRequestsOfOneKeyInFlightAreOneEvent(Vertx vertx) {
        SlowLog slow = new SlowLog();
        EventStream stream =
                EventStream.open(vertx, "slow", StreamOptions.DEFAULT, slow).await();
        DeliveryOptions key = headers("Idempotency-Key", "k");
        Future<Message<Object>> first = bus.request("sluice.slow", "a", key);
        slow.asked().await();
        Future<Message<Object>> second = bus.request("sluice.slow", "a", key);
        slow.release();
        assertEquals(first.await().body(), second.await().body());
        assertEquals(1, stream.journal().head());
    }

    @Test
    void aPublishedMessageIsRepeatedInVain() {
        DeliveryOptions key = headers("Idempotency-Key", "k");
        bus.publish("ticks", "a", key);
        bus.publish("ticks", "a", key);
        bus.request("ticks", "b").await();
        assertEquals(List.of("a", "b"), data());
    }

    @Test
    void aKeyThatWasUsedForAnotherEventIsRefused() {
        bus.request("ticks", "a", headers("Idempotency-Key", "k")).await();
        ReplyException failure =
                assertThrows(ReplyException.class, () -> bus.request("ticks", "b", headers("Idempotency-Key", "k"))
                        .await());
        assertEquals(422, failure.failureCode());
        assertEquals(
                "idempotency key \"k\" was used for other events: expected a key of its own", failure.getMessage());
        assertEquals(List.of("a"), data());
    }

    @Test
    void aKeyThatCannotBeIsRefused() {
        ReplyException failure =
                assertThrows(ReplyException.class, () -> bus.request("ticks", "a", headers("Idempotency-Key", "a b"))
                        .await());
        assertEquals(400, failure.failureCode());
        assertEquals(0, stream.journal().head());
    }

    @Test
    void publishedMessagesArriveInOrder() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        stream.journal().addWakeUp(() -> {
            if (stream.journal().head() == 100) {
                arrived.countDown();
            }
        });
        for (int i = 1; i <= 100; i++) {
            bus.publish("ticks", i);
        }
        assertTrue(arrived.await(10, TimeUnit.SECONDS));
        assertEquals(100, stream.journal().head());
        assertTrue(frame(77).endsWith("data: 77\n\n"), frame(77));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\nb", "a\u0000b", ""})
    void aTopicOrTypeThatCouldForgeALineIsRefusedAndAppendsNothing(String bad) {
        for (String header : List.of("topic", "type")) {
            ReplyException failure =
                    assertThrows(ReplyException.class, () -> bus.request("sluice.events", "x", headers(header, bad))
                            .await());
            assertEquals(400, failure.failureCode());
        }
        assertEquals(0, stream.journal().head());
    }

    @Test
    void aBodyThatCannotBeAnEventIsRefused() {
        for (Object body : new Object[] {Buffer.buffer(new byte[] {(byte) 0xff}), new byte[0], 'c'}) {
            ReplyException failure = assertThrows(
                    ReplyException.class, () -> bus.request("ticks", body).await());
            assertEquals(400, failure.failureCode());
        }
        ReplyException failure = assertThrows(
                ReplyException.class, () -> bus.request("ticks", null).await());
        assertEquals(
                "body of type null: expected JsonObject, JsonArray, String, Buffer, number or boolean",
                failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 900})
    void aBodyThatIsNestedTooDeepIsRefused(int levels) {
        ReplyException failure = assertThrows(
                ReplyException.class, () -> bus.request("ticks", nested(levels)).await());
        assertEquals(400, failure.failureCode());
        assertEquals(
                "body: it has more than 200 objects and lists inside each other: expected at most 200",
                failure.getMessage());
        bus.request("ticks", nested(200)).await();
        assertEquals(1, data().size());
    }

    private static JsonArray nested(int levels) {
        JsonArray nested = new JsonArray();
        for (int i = 1; i < levels; i++) {
            nested = new JsonArray().add(nested);
        }
        return nested;
    }

    @Test
    void afterABadPublishedMessageTheNextIsTaken() {
        bus.publish("ticks", new byte[0]);
        bus.request("ticks", "good").await();
        assertEquals(List.of("good"), data());
    }

    @Test
    void anOverloadedStreamSaysTryAgain(Vertx vertx) {
        EventStream held = EventStream.open(vertx, "held", StreamOptions.DEFAULT, WriterLog.provider(new HeldLog()))
                .await();
        String half = "x".repeat((int) Batch.MAX_SIZE.bytes() / 2);
        Future<EventId> first = held.publish(List.of(new NewEvent("t", null, half)));
        Future<EventId> second = held.publish(List.of(new NewEvent("t", null, half)));
        ReplyException failure = assertThrows(
                ReplyException.class, () -> bus.request("sluice.held", "x").await());
        assertEquals(503, failure.failureCode());
        held.close().await();
        assertTrue(!first.isComplete() && second.failed());
    }

    @Test
    void aListenerSeesEachBatchAndEachDroppedMessage() {
        List<String> seen = new CopyOnWriteArrayList<>();
        stream.addListener(new StreamListener() {

            @Override
            public void appended(int events) {
                seen.add("appended " + events);
            }

            @Override
            public void dropped() {
                seen.add("dropped");
            }
        });
        stream.publish(List.of(new NewEvent("t", null, "a"), new NewEvent("t", null, "b")))
                .await();
        bus.publish("ticks", new byte[0]);
        bus.request("ticks", "good").await();
        assertEquals(List.of("appended 2", "dropped", "appended 1"), seen);
    }

    @Test
    void aSilentStreamReleasesEventsThatAreTooOld(Vertx vertx) throws Exception {
        History brief = History.of(null, Duration.ofMillis(1), null);
        EventStream silent = EventStream.open(vertx, "silent", StreamOptions.DEFAULT.withHistory(brief))
                .await();
        silent.publish(new NewEvent("t", null, "old")).await();
        Journal.Entry old = silent.journal().read(1);
        WeakReference<Object> frame =
                new WeakReference<>(old == null ? null : old.event().data());
        old = null;
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (frame.get() != null) {
                System.gc();
            }
        });
        silent.close().await();
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "error", "open"})
    void anEventThatAFormatCannotCarryIsRefusedAtEveryDoor(String type) {
        NewEvent forged = new NewEvent("t", type, "x");
        stream.publish(forged).await();
        stream.use(SseFormat.INSTANCE);
        assertThrows(
                IllegalArgumentException.class, () -> stream.publish(forged).await());
        DeliveryOptions typed = headers("type", type);
        ReplyException refused = assertThrows(ReplyException.class, () -> bus.request("sluice.events", "x", typed)
                .await());
        assertEquals(400, refused.failureCode());
        assertEquals(1, stream.journal().head());
    }

    @Test
    void aBatchGetsConsecutiveNumbers() {
        List<NewEvent> batch = List.of(new NewEvent("a", null, "1"), new NewEvent("b", null, "2"));
        assertEquals(2, stream.publish(batch).await().n());
        assertEquals(List.of("1", "2"), data());
    }

    @Test
    void aClosedStreamTakesNothingMore(Vertx vertx) {
        EventStream closing =
                EventStream.open(vertx, "closing", StreamOptions.DEFAULT).await();
        closing.close().await();
        assertThrows(
                ReplyException.class, () -> bus.request("sluice.closing", "x").await());
        Future<EventId> late = closing.publish(List.of(new NewEvent("t", null, "x")));
        assertThrows(NotTakenException.class, late::await);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a.b", "a b", "ü"})
    void aStreamsNameIsAPath(String name, Vertx vertx) {
        assertInstanceOf(
                InvalidOptionException.class,
                assertThrows(RuntimeException.class, () -> EventStream.open(vertx, name, StreamOptions.DEFAULT)));
    }

    private void request(Object body) {
        bus.request("sluice.events", body).await();
    }

    private static DeliveryOptions headers(String name, String value) {
        return new DeliveryOptions()
                .setHeaders(MultiMap.caseInsensitiveMultiMap().add(name, value));
    }

    private List<String> data() {
        List<String> data = new ArrayList<>();
        for (long n = 1; n <= stream.journal().head(); n++) {
            data.add(frame(n).replaceAll("(?s)^id: .*\ndata: (.*)\n\n$", "$1"));
        }
        return data;
    }

    private List<String> topics() {
        List<String> topics = new ArrayList<>();
        for (long n = 1; n <= stream.journal().head(); n++) {
            topics.add(read(n).topic());
        }
        return topics;
    }

    private String frame(long n) {
        return new String(SseFormat.INSTANCE.encode(read(n)).bytes(), StandardCharsets.UTF_8);
    }

    private Event read(long n) {
        return Objects.requireNonNull(stream.journal().read(n)).event();
    }
}
