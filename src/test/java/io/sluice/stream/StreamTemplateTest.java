package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.Journal;
import io.sluice.log.KeyReusedException;
import io.sluice.log.NamedStream;
import io.sluice.log.NamedStreamInfo;
import io.sluice.log.NewEvent;
import io.sluice.log.NoSuchStreamException;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.sluice.log.StreamEndedException;
import io.sluice.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class StreamTemplateTest {

    private Vertx vertx;
    private StreamTemplate chats;

    @BeforeEach
    void open(Vertx opened) {
        vertx = opened;
        chats = open(TemplateOptions.DEFAULT);
    }

    private StreamTemplate open(TemplateOptions options) {
        return StreamTemplate.open(vertx, "chat", options).await();
    }

    @Test
    void eachStreamHasNumbersOfItsOwn() {
        assertEquals(2, publish("42", "a", "b").last().n());
        assertEquals(1, publish("7", "x").last().n());
        Receipt third = publish("42", "c");
        assertEquals(3, third.last().n());
        assertEquals(1, third.count());
        assertEquals(List.of("a", "b", "c"), data("42"));
    }

    @Test
    void aNameThatNobodyHasPublishedToIsAnEmptyStreamThatFills() {
        NamedStream waiting = chats.watch("42").await();
        assertEquals("none-0", waiting.journal().id(waiting.journal().head()).toString());
        EventId first = publish("42", "a").last();
        assertEquals(first, waiting.journal().id(1));
        chats.release(waiting);
        assertEquals(List.of("a"), data("42"));
    }

    @Test
    void aStreamIsMadeOnce() {
        Receipt made = chats.create("42", null).await();
        Receipt again = chats.create("42", null).await();
        assertEquals(List.of(1, 0), List.of(made.count(), again.count()));
        assertEquals(made.last(), again.last());
        assertEquals(made.last().at(1), publish("42", "a").last());
    }

    @Test
    void aRepeatedRequestThatMadeAStreamGetsTheSameAnswer() {
        Receipt made = chats.create("42", "k").await();
        publish("42", "a");
        assertEquals(made, chats.create("42", "k").await());
        assertEquals(0, chats.create("42", "other").await().count());
    }

    @Test
    void onlyCreateMakesAStreamIfTheOptionsSaySo() {
        chats = open(TemplateOptions.DEFAULT.withCreate(TemplateOptions.Create.PUT));
        NoSuchStreamException none = assertThrows(NoSuchStreamException.class, () -> publish("42", "a"));
        assertEquals("there is no stream chat/42: expected the name of one, or PUT to make it", none.getMessage());
        assertThrows(NoSuchStreamException.class, () -> chats.end("42").await());
        chats.create("42", null).await();
        assertEquals(1, publish("42", "a").last().n());
    }

    @Test
    void afterItsEndAStreamTakesNothing() {
        publish("42", "a");
        chats.publish("42", new Batch(events("b"), null, true)).await();
        StreamEndedException ended = assertThrows(StreamEndedException.class, () -> publish("42", "late"));
        assertEquals("the stream chat/42 has ended: expected no more events", ended.getMessage());
        assertThrows(StreamEndedException.class, () -> chats.end("42").await());
        assertEquals(List.of("a", "b"), data("42"));
        assertEquals(Journal.State.ENDED, journal("42").state());
    }

    @Test
    void theReceiptOfAnEndWithoutEventsHasThePositionOfTheStream() {
        EventId last = publish("42", "a").last();
        Receipt end = chats.end("42").await();
        assertEquals(last, end.last());
        assertEquals(0, end.count());
    }

    @Test
    void aRepeatedKeyGetsTheFirstReceiptAlsoAfterTheEnd() {
        Receipt first = keyed("42", "k1", false, "a");
        Receipt end = keyed("42", "k2", true, "b");
        assertEquals(first, keyed("42", "k1", false, "a"));
        assertEquals(end, keyed("42", "k2", true, "b"));
        assertThrows(StreamEndedException.class, () -> keyed("42", "k3", false, "c"));
        assertThrows(StreamEndedException.class, () -> keyed("42", "k3", false, "c"), "the same for its repetition");
        assertEquals(List.of("a", "b"), data("42"));
    }

    @Test
    void twoCallersWithTheSameKeyAtOnceAppendOnce() {
        Batch batch = new Batch(events("a", "b"), "k");
        Future<Receipt> first = chats.publish("42", batch);
        Future<Receipt> second = chats.publish("42", batch);
        assertEquals(first.await(), second.await());
        assertEquals(List.of("a", "b"), data("42"));
    }

    @Test
    void aKeyIsOneOfItsStreamAndOfItsEvents() {
        keyed("42", "k", false, "a");
        assertEquals(1, keyed("7", "k", false, "b").last().n());
        KeyReusedException reused = assertThrows(KeyReusedException.class, () -> keyed("42", "k", false, "other"));
        assertEquals("idempotency key \"k\" was used for other events: expected a key of its own", reused.getMessage());
        assertThrows(KeyReusedException.class, () -> keyed("42", "k", true, "a"), "an end is another thing");
        assertEquals(List.of("a"), data("42"));
    }

    @Test
    void keysMayNotBeRemembered() {
        chats = open(TemplateOptions.DEFAULT.withIdempotency(Duration.ZERO));
        keyed("42", "k", false, "a");
        assertEquals(2, keyed("42", "k", false, "a").last().n());
    }

    @Test
    void aDeletedStreamHasGoneUntilItIsMadeAnew() {
        EventId old = publish("42", "a").last();
        NamedStream watched = chats.watch("42").await();
        assertTrue(chats.delete("42").await());
        assertFalse(chats.delete("42").await());
        assertEquals(Journal.State.DELETED, watched.journal().state());
        NoSuchStreamException gone = assertThrows(
                NoSuchStreamException.class, () -> chats.watch("42").await());
        assertEquals("the stream chat/42 has gone", gone.getMessage());
        EventId anew = publish("42", "b").last();
        assertEquals(1, anew.n());
        assertNotEquals(old.epoch(), anew.epoch());
        chats.release(watched);
        assertEquals(List.of("b"), data("42"));
    }

    @Test
    void anIdleStreamGoesAsIfItHadNeverBeen() throws Exception {
        chats = open(TemplateOptions.DEFAULT.withIdle(Duration.ofMillis(50)));
        publish("watched", "a");
        NamedStream watched = chats.watch("watched").await();
        publish("42", "a");
        awaitNames("watched");
        chats.release(chats.watch("42").await());
        chats.release(watched);
        awaitNames();
        assertEquals(1, publish("42", "b").last().n());
        assertEquals(List.of("b"), data("42"));
    }

    @Test
    void anEndedStreamGoesWhenItWasKeptForItsTime() throws Exception {
        chats = open(TemplateOptions.DEFAULT.withKeep(Duration.ofMillis(300)));
        chats.publish("42", new Batch(events("a"), null, true)).await();
        NamedStream watched = chats.watch("42").await();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        watched.journal().addWakeUp(() -> {
            if (watched.journal().state() == Journal.State.DELETED) {
                gone.complete(null);
            }
        });
        gone.get(20, TimeUnit.SECONDS);
        awaitNames();
        publish("42", "as new");
    }

    /** Nobody who could be told watches a stream that goes. */
    private void awaitNames(String... names) throws Exception {
        Await.await("the streams are " + List.of(names), Duration.ofSeconds(20), () -> names().equals(List.of(names)));
    }

    @Test
    void thereAreNoMoreStreamsThanTheirNumber() {
        chats = open(TemplateOptions.DEFAULT.withMax(3));
        List<Future<Receipt>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(chats.publish("s" + i, Batch.of(event("a"))));
            all.add(chats.publish("s" + i, Batch.of(event("b"))));
        }
        Future.join(all).otherwiseEmpty().await();
        assertEquals(6, all.stream().filter(Future::succeeded).count());
        assertEquals(List.of("s0", "s1", "s2"), names());
        NotTakenException full = assertThrows(NotTakenException.class, () -> publish("s3", "a"));
        assertEquals("chat/* has 3 streams, as many as it may; try again", full.getMessage());
        assertThrows(NotTakenException.class, () -> chats.create("s3", null).await());
        publish("s0", "c");
        chats.delete("s0").await();
        publish("s3", "a");
    }

    @Test
    void theStreamsAreListedByNameAPageAtATime() {
        for (int i = 0; i < 25; i++) {
            publish("s" + i, "a", "b");
        }
        chats.end("s7").await();
        NamedStream waiting = chats.watch("never published to").await();
        List<NamedStreamInfo> all = new ArrayList<>();
        String after = null;
        for (List<NamedStreamInfo> page = page(after); !page.isEmpty(); page = page(after)) {
            all.addAll(page);
            after = page.get(page.size() - 1).name();
        }
        assertEquals(
                IntStream.range(0, 25).mapToObj(i -> "s" + i).sorted().toList(),
                all.stream().map(NamedStreamInfo::name).toList());
        NamedStreamInfo ended =
                all.stream().filter(NamedStreamInfo::ended).findFirst().orElseThrow();
        assertEquals("s7", ended.name());
        assertEquals(2, ended.events());
        assertEquals(2, ended.last().n());
        assertTrue(ended.bytes() > 0);
        chats.release(waiting);
    }

    private List<NamedStreamInfo> page(@Nullable String after) {
        List<NamedStreamInfo> page = chats.list(after, 10).await();
        assertTrue(page.size() <= 10);
        return page;
    }

    /** What the log adds to each event must not make the batch too large for it. */
    @Test
    void aBatchMayBeAsLargeAsThatOfADeclaredStream() {
        String half = "x".repeat((int) Batch.MAX_SIZE.bytes() / 2);
        NewEvent large = new NewEvent("t".repeat(255), "t".repeat(255), half);
        assertEquals(
                2,
                chats.publish("large", new Batch(List.of(large, large), null))
                        .await()
                        .count());
        int size = (int) Batch.MAX_SIZE.bytes() / Batch.MAX_EVENTS;
        NewEvent small = new NewEvent("€".repeat(255), "€".repeat(255), "x".repeat(size));
        Batch many = new Batch(Collections.nCopies(Batch.MAX_EVENTS, small), "k");
        assertEquals(10_000, chats.publish("many", many).await().last().n());
        NewEvent rest = new NewEvent("t", null, "x");
        IllegalArgumentException tooLarge = assertThrows(IllegalArgumentException.class, () -> chats.publish(
                        "large", new Batch(List.of(large, large, rest), null))
                .await());
        assertEquals(
                "3 events of 16777217 bytes at once: expected 1 to 10000 events of at most 16MB",
                tooLarge.getMessage());
    }

    @Test
    void receiptsComeInTheOrderOfTheBatches() {
        List<String> answers = new CopyOnWriteArrayList<>();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String answer = Integer.toString(i);
            all.add(chats.publish("s" + i % 3, new Batch(events(answer), i % 2 == 0 ? "k" + i : null))
                    .onSuccess(receipt -> answers.add(answer)));
        }
        Future.all(all).await();
        assertEquals(IntStream.range(0, 100).mapToObj(Integer::toString).toList(), answers);
    }

    @Test
    void afterTheCloseNothingIsTaken() {
        Future<Receipt> under = chats.publish("42", Batch.of(event("a")));
        Future<Void> closed = chats.close();
        closed.await();
        Future<Receipt> late = chats.publish("42", Batch.of(event("late")));
        assertThrows(NotTakenException.class, late::await);
        under.otherwiseEmpty().await();
        assertTrue(under.succeeded() || under.cause() instanceof NotTakenException);
        assertFalse(chats.isFollowing());
    }

    @Test
    void aListenerIsToldOfEventsOfAllStreams() {
        List<Integer> told = new CopyOnWriteArrayList<>();
        chats.addListener(new StreamListener() {

            @Override
            public void appended(int events) {
                told.add(events);
            }
        });
        publish("42", "a", "b");
        publish("7", "c");
        assertEquals(List.of(2, 1), told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "a.b", "...", "A-Za-z0-9._~-", "~"})
    void aNameOfTheseCharactersIsOne(String name) {
        StreamTemplate.requireStreamName(name);
        assertEquals(1, publish(name, "a").last().n());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "ü", "*", "a\n", "a%2Fb"})
    void anyOtherIsNone(String name) {
        assertThrows(IllegalArgumentException.class, () -> publish(name, "a"));
        assertThrows(
                IllegalArgumentException.class, () -> chats.create(name, null).await());
    }

    @Test
    void aNameIsNoLongerThan128Characters() {
        StreamTemplate.requireStreamName("x".repeat(128));
        assertThrows(IllegalArgumentException.class, () -> StreamTemplate.requireStreamName("x".repeat(129)));
    }

    private Receipt publish(String stream, String... data) {
        return chats.publish(stream, new Batch(events(data), null)).await();
    }

    private Receipt keyed(String stream, String key, boolean end, String... data) {
        return chats.publish(stream, new Batch(events(data), key, end)).await();
    }

    private static List<NewEvent> events(String... data) {
        return Arrays.stream(data).map(StreamTemplateTest::event).toList();
    }

    private static NewEvent event(String data) {
        return new NewEvent("chat", null, data);
    }

    private Journal journal(String stream) {
        NamedStream watched = chats.watch(stream).await();
        chats.release(watched);
        return watched.journal();
    }

    private List<String> data(String stream) {
        Journal journal = journal(stream);
        List<String> data = new ArrayList<>();
        for (long position = journal.tail(); position <= journal.head(); position++) {
            data.add(Objects.requireNonNull(journal.read(position))
                    .event()
                    .data()
                    .toString());
        }
        return data;
    }

    private List<String> names() {
        return chats.list(null, 1000).await().stream()
                .map(NamedStreamInfo::name)
                .toList();
    }
}
