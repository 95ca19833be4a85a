package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Event;
import io.sluice.log.Journal;
import io.sluice.log.NamedStream;
import io.sluice.stream.TemplateOptions.Create;
import io.sluice.testing.CapturedOutput;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
// JUnit calls open().
@SuppressWarnings("NullAway.Init")
class StreamBusTest {

    private final List<NamedStream> watched = new ArrayList<>();
    private EventBus bus;
    private EventStream events;
    private StreamTemplate chat;
    private StreamTemplate job;
    private StreamBus door;

    @BeforeEach
    void open(Vertx vertx) {
        bus = vertx.eventBus();
        events = EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        chat = StreamTemplate.open(vertx, "chat", TemplateOptions.DEFAULT.withAddresses("tokens", "steps"))
                .await();
        job = StreamTemplate.open(
                        vertx,
                        "job",
                        TemplateOptions.DEFAULT.withAddresses("steps").withCreate(Create.PUT))
                .await();
        door = StreamBus.of(vertx, List.of(events), List.of(chat, job));
        door.register().await();
    }

    @AfterEach
    void close() {
        watched.forEach(chat::release);
        door.unregister().await();
        events.close().await();
        chat.close().await();
        job.close().await();
    }

    @Test
    void aMessageNamesItsStreamAndMakesIt() {
        String id = request("sluice", "Hi", "stream", "chat/42");
        assertEquals(List.of("Hi"), data("42"));
        assertEquals(journal("42").id(1).toString(), id);
        assertEquals(List.of(), data("43"));
    }

    @Test
    void theTopicIsTheTemplateOrTheAddressOrTheHeader() {
        request("sluice", "a", "stream", "chat/42");
        request("tokens", "b", "stream", "chat/42");
        request("tokens", "c", "stream", "chat/42", "topic", "answers");
        assertEquals(
                List.of("chat", "tokens", "answers"),
                events("42").stream().map(Event::topic).toList());
    }

    @Test
    void theTypeIsAHeader() {
        request("sluice", "a", "stream", "chat/42", "type", "token");
        assertEquals("token", events("42").get(0).type());
    }

    @Test
    void aDeclaredStreamIsNamedLikeAnyOther() {
        request("sluice", "a", "stream", "events");
        assertEquals(
                "events",
                Objects.requireNonNull(events.journal().read(1)).event().topic());
    }

    @Test
    void anAddressOfTwoTemplatesTakesTheStreamsOfBoth() {
        job.create("1", null).await();
        request("steps", "a", "stream", "chat/42");
        request("steps", "b", "stream", "job/1");
        bus.publish("steps", "c", headers("stream", "chat/42"));
        request("steps", "d", "stream", "chat/42");
        assertEquals(List.of("a", "c", "d"), data("42"));
        assertEquals(1, job.list(null, 10).await().get(0).events());
    }

    @Test
    void aRepeatedRequestGetsTheFirstIdAndAddsNothing() {
        String first = request("sluice", "a", "stream", "chat/42", "Idempotency-Key", "k");
        request("sluice", "b", "stream", "chat/42");
        assertEquals(first, request("sluice", "a", "stream", "chat/42", "Idempotency-Key", "k"));
        assertEquals(List.of("a", "b"), data("42"));
        assertEquals(
                422,
                refusal("sluice", "c", "stream", "chat/42", "Idempotency-Key", "k")
                        .failureCode());
    }

    @Test
    void aLastEventEndsItsStream() {
        String id = request("sluice", "bye", "stream", "chat/42", "end", "true");
        assertEquals(Journal.State.ENDED, journal("42").state());
        assertEquals(journal("42").id(1).toString(), id);
        ReplyException late = refusal("sluice", "x", "stream", "chat/42");
        assertEquals(409, late.failureCode());
        assertEquals("the stream chat/42 has ended: expected no more events", late.getMessage());
    }

    @Test
    void anEmptyBodyEndsAStreamWithoutAnEvent() {
        int name = 0;
        for (Object empty : new Object[] {"", Buffer.buffer(), null}) {
            String stream = "e" + name++;
            String last = request("sluice", "a", "stream", "chat/" + stream);
            assertEquals(last, request("tokens", empty, "stream", "chat/" + stream, "end", "true"));
            assertEquals(Journal.State.ENDED, journal(stream).state());
            assertEquals(List.of("a"), data(stream));
        }
    }

    @Test
    void anEndOfAnotherWordIsRefused() {
        ReplyException refusal = refusal("sluice", "x", "stream", "chat/42", "end", "yes");
        assertEquals(400, refusal.failureCode());
        assertEquals("header end \"yes\": expected true or false", refusal.getMessage());
        request("sluice", "x", "stream", "chat/42", "end", "false");
        assertEquals(Journal.State.OPEN, journal("42").state());
    }

    @Test
    void anEventIsTheLastOfItsTopicIfAHeaderSaysSo() {
        request("sluice", "a", "stream", "chat/42", "topic", "eur", "forget", "false");
        request("sluice", "gone", "stream", "chat/42", "topic", "eur", "forget", "true");
        request("tokens", "", "stream", "chat/42", "forget", "true");
        request("tokens", null, "stream", "chat/42", "forget", "true");
        assertEquals(List.of("a", "gone", "", ""), data("42"));
        assertEquals(
                List.of(false, true, true, true),
                events("42").stream().map(Event::forget).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sluice", "sluice.events"})
    void anEventOfADeclaredStreamIsTheLastOfItsTopicToo(String address) {
        request(address, "gone", "stream", "events", "topic", "eur", "forget", "true");
        assertTrue(Objects.requireNonNull(events.journal().read(1)).event().forget());
    }

    @Test
    void aStreamMayEndWithTheLastEventOfATopic() {
        request("sluice", "", "stream", "chat/42", "end", "true", "forget", "true");
        assertEquals(List.of(""), data("42"));
        assertTrue(events("42").get(0).forget());
        assertEquals(Journal.State.ENDED, journal("42").state());
    }

    @Test
    void aForgettingOfAnotherWordIsRefused() {
        ReplyException refusal = refusal("sluice", "x", "stream", "chat/42", "forget", "TRUE");
        assertEquals(400, refusal.failureCode());
        assertEquals("header forget \"TRUE\": expected true or false", refusal.getMessage());
        assertEquals(400, refusal("sluice.events", "x", "forget", "1").failureCode());
        assertEquals(0, events.journal().head());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sluice", "sluice.events"})
    void aDeclaredStreamHasNoEnd(String address) {
        ReplyException refusal = refusal(address, "x", "stream", "events", "end", "true");
        assertEquals(405, refusal.failureCode());
        assertEquals(
                "the stream events is declared: expected no end, which only streams of a template have",
                refusal.getMessage());
        assertEquals(0, events.journal().head());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "chat", "other", "other/1", "Chat/42", "/42", "events/1"})
    void aStreamThatIsNotThereIsRefusedWithThoseThatAre(@Nullable String stream) {
        ReplyException refusal = stream == null ? refusal("sluice", "x") : refusal("sluice", "x", "stream", stream);
        assertEquals(400, refusal.failureCode());
        String found = stream == null ? "no header stream" : "header stream \"" + stream + '"';
        assertEquals(
                found + ": expected the name of a stream, chat/<name> or job/<name> or events", refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"tokens, events", "tokens, job/1", "tokens, 42", "steps, events"})
    void anAddressOfATemplateTakesOnlyItsStreams(String address, String stream) {
        ReplyException refusal = refusal(address, "x", "stream", stream);
        assertEquals(400, refusal.failureCode());
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("header stream \"" + stream + "\": expected"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat/", "chat/..", "chat/a/b", "chat/a b", "chat/ü", "chat/a\nb"})
    void aNameThatCannotBeIsRefused(String stream) {
        ReplyException refusal = refusal("sluice", "x", "stream", stream);
        assertEquals(400, refusal.failureCode());
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.endsWith("expected " + StreamTemplate.EXPECTED_NAME), message);
        assertFalse(message.contains("\n"));
    }

    @Test
    void aStreamThatHasToBeMadeBeforeIsNotFound() {
        assertEquals(404, refusal("sluice", "x", "stream", "job/1").failureCode());
        job.create("1", null).await();
        request("sluice", "x", "stream", "job/1");
    }

    @Test
    void publishedMessagesArriveInOrder() {
        for (int i = 1; i < 100; i++) {
            bus.publish(i % 2 == 0 ? "sluice" : "tokens", i, headers("stream", "chat/42"));
        }
        request("sluice", 100, "stream", "chat/42");
        assertEquals(LongStream.rangeClosed(1, 100).mapToObj(Long::toString).toList(), data("42"));
    }

    @Test
    void messagesThatAreDroppedAreLoggedOnceAndCounted() throws InterruptedException {
        AtomicInteger dropped = new AtomicInteger();
        chat.addListener(new StreamListener() {

            @Override
            public void dropped() {
                dropped.incrementAndGet();
            }
        });
        try (CapturedOutput output = new CapturedOutput()) {
            bus.publish("sluice", "x");
            bus.publish("sluice", new byte[0], headers("stream", "chat/42"));
            bus.publish("sluice", "y", headers("stream", "chat/a b"));
            request("sluice", new JsonObject().put("a", 1), "stream", "chat/42");
            bus.publish("sluice", "z");
            request("sluice", "b", "stream", "chat/42");
            assertEquals(1, output.text().split("dropping messages published to sluice", -1).length - 1);
            output.await("streams by name: dropping messages published to sluice: no header stream: expected");
        }
        assertEquals(2, dropped.get());
        assertEquals(List.of("{\"a\":1}", "b"), data("42"));
    }

    @Test
    void anUnregisteredDoorTakesNothingUntilItIsRegisteredAgain() {
        door.unregister().await();
        assertEquals(-1, refusal("sluice", "x", "stream", "chat/42").failureCode());
        door.register().await();
        door.register().await();
        bus.publish("sluice", "a", headers("stream", "chat/42"));
        request("sluice", "b", "stream", "chat/42");
        assertEquals(List.of("a", "b"), data("42"));
    }

    private String request(String address, @Nullable Object body, String... headers) {
        return bus.<String>request(address, body, headers(headers)).await().body();
    }

    private ReplyException refusal(String address, Object body, String... headers) {
        return assertThrows(ReplyException.class, () -> request(address, body, headers));
    }

    private static DeliveryOptions headers(String... namesAndValues) {
        DeliveryOptions options = new DeliveryOptions();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            options.addHeader(namesAndValues[i], namesAndValues[i + 1]);
        }
        return options;
    }

    private Journal journal(String name) {
        NamedStream stream = chat.watch(name).await();
        watched.add(stream);
        return stream.journal();
    }

    private List<Event> events(String name) {
        Journal journal = journal(name);
        return LongStream.rangeClosed(1, journal.head())
                .mapToObj(n -> Objects.requireNonNull(journal.read(n)).event())
                .toList();
    }

    private List<String> data(String name) {
        return events(name).stream().map(event -> event.data().toString()).toList();
    }
}
