package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.log.HeldLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class AppendQueueTest {

    private final HeldLog log = new HeldLog();
    private ContextInternal context;
    private AppendQueue queue;
    private long answered;

    @BeforeEach
    void open(Vertx vertx) {
        context = ((VertxInternal) vertx).createEventLoopContext();
        queue = new AppendQueue(context, log);
    }

    @Test
    void oneBatchIsInFlightAndTheNextFillsUp() throws Exception {
        Future<EventId> first = publish("a");
        assertEquals(List.of(List.of("a")), batches(1));
        Future<EventId> second = publish("b", "c");
        Future<EventId> third = publish("d");
        onContext(() -> log.answer(7));
        assertEquals(List.of(List.of("a"), List.of("b", "c", "d")), batches(2));
        onContext(() -> log.answer(10));
        assertEquals(7, first.await().n());
        assertEquals(9, second.await().n());
        assertEquals(10, third.await().n());
    }

    @Test
    void aFailedAppendFailsItsBatchesAndNoOther() throws Exception {
        Future<EventId> first = publish("a");
        batches(1);
        Future<EventId> second = publish("b");
        onContext(() -> log.fail("no disk"));
        batches(2);
        onContext(() -> log.answer(1));
        assertEquals(1, second.await().n());
        assertTrue(first.failed());
        assertInstanceOf(OutcomeUnknownException.class, first.cause());
        assertEquals(
                "no disk, and nobody can say whether the log has this",
                first.cause().getMessage());
    }

    @Test
    void theEventsOfOneBatchStayTogether() throws Exception {
        publish("held up");
        batches(1);
        String[] large = Collections.nCopies(999, "x").toArray(String[]::new);
        publish(large);
        publish("y", "z");
        onContext(() -> log.answer(1));
        assertEquals(999, batches(2).get(1).size());
        onContext(() -> log.answer(1000));
        assertEquals(List.of("y", "z"), batches(3).get(2));
    }

    @Test
    void beyondItsBoundPublishingFailsAtOnceAndWorksAgainLater() throws Exception {
        List<Future<EventId>> taken = new ArrayList<>();
        taken.add(publish("x"));
        batches(1);
        for (int i = 1; i < Batch.MAX_EVENTS; i++) {
            taken.add(publish("x"));
        }
        Future<EventId> refused = publish("one too many");
        assertThrows(NotTakenException.class, refused::await);
        onContext(() -> log.answer(1));
        assertTrue(taken.get(0).await().n() == 1);
        Future<EventId> again = publish("room again");
        onContext(() -> {});
        assertFalse(again.failed());
    }

    @Test
    void theBoundIsAlsoOneOfBytes() {
        String half = "x".repeat((int) Batch.MAX_SIZE.bytes() / 2);
        publish(half);
        publish(half);
        assertThrows(NotTakenException.class, () -> publish("x").await());
    }

    @Test
    void aReceiptsHandlerMayPublishAgainAsOftenAsItLikes() throws Exception {
        AppendQueue deep = new AppendQueue(context, this::answerAtOnce);
        CompletableFuture<Long> done = new CompletableFuture<>();
        context.runOnContext(v -> publishOneAfterTheOther(deep, 20_000, done));
        assertEquals(20_000, done.get(30, TimeUnit.SECONDS));
    }

    private Future<List<Receipt>> answerAtOnce(List<Batch> batches) {
        return Future.succeededFuture(batches.stream()
                .map(batch -> Receipt.of(batch, new EventId("once", ++answered)))
                .toList());
    }

    private static void publishOneAfterTheOther(AppendQueue queue, long last, CompletableFuture<Long> done) {
        queue.append(Batch.of(new NewEvent("t", null, ""))).onSuccess(receipt -> {
            if (receipt.last().n() == last) {
                done.complete(last);
            } else {
                publishOneAfterTheOther(queue, last, done);
            }
        });
    }

    @Test
    void aLogThatThrowsFailsItsBatchOnly() throws Exception {
        log.failure = new IllegalStateException("no disk");
        Future<EventId> first = publish("a");
        assertThrows(OutcomeUnknownException.class, first::await);
        log.failure = null;
        Future<EventId> second = publish("b");
        batches(1);
        onContext(() -> log.answer(1));
        assertEquals(1, second.await().n());
    }

    @Test
    void anErrorOfTheWriterEndsItsBatchOnly() throws Exception {
        boolean[] full = {true};
        AppendQueue narrow = new AppendQueue(context, batches -> {
            if (full[0]) {
                full[0] = false;
                throw new OutOfMemoryError("heap");
            }
            return answerAtOnce(batches);
        });
        Future<Receipt> first = narrow.append(Batch.of(new NewEvent("t", null, "a")));
        assertThrows(OutcomeUnknownException.class, first::await);
        assertEquals(
                1,
                narrow.append(Batch.of(new NewEvent("t", null, "b")))
                        .await()
                        .last()
                        .n());
    }

    @Test
    void aBatchThatTheWriterDoesNotAnswerHasAnAnswerInTime() throws Exception {
        queue = new AppendQueue(context, log, Duration.ofMillis(20));
        Future<EventId> inFlight = publish("a");
        batches(1);
        Future<EventId> waiting = publish("b");
        assertThrows(OutcomeUnknownException.class, inFlight::await);
        assertThrows(NotTakenException.class, waiting::await);
        onContext(() -> log.answer(1));
        publish("c");
        assertEquals(List.of(List.of("a"), List.of("c")), batches(2));
    }

    @Test
    void theRoomOfALateBatchIsFreeWhenTheWriterAnswers() throws Exception {
        queue = new AppendQueue(context, log, Duration.ofMillis(20));
        String[] all = Collections.nCopies(Batch.MAX_EVENTS, "x").toArray(String[]::new);
        Future<EventId> late = publish(all);
        batches(1);
        assertThrows(OutcomeUnknownException.class, late::await);
        assertThrows(NotTakenException.class, () -> publish("too many").await());
        onContext(() -> log.answer(1));
        publish(all);
        assertEquals(2, batches(2).size());
    }

    /** A heap that is full may fail anything. */
    @Test
    void anAnswerThatCannotBeMadeEndsItsBatchOnly() throws Exception {
        boolean[] broken = {true};
        AppendQueue lying = new AppendQueue(
                context, batches -> broken[0] ? Future.succeededFuture(List.of()) : answerAtOnce(batches));
        Future<Receipt> first = lying.append(Batch.of(new NewEvent("t", null, "a")));
        assertThrows(OutcomeUnknownException.class, first::await);
        broken[0] = false;
        Receipt second = lying.append(Batch.of(new NewEvent("t", null, "b"))).await();
        assertEquals(1, second.last().n());
    }

    @Test
    void aClosedQueueRefusesWhatWaitsAndAnswersWhatIsInFlight() throws Exception {
        Future<EventId> inFlight = publish("a");
        batches(1);
        Future<EventId> waiting = publish("b");
        onContext(queue::close);
        onContext(() -> log.answer(1));
        assertEquals(1, inFlight.await().n());
        assertThrows(NotTakenException.class, waiting::await);
        Future<EventId> late = publish("c");
        onContext(() -> {});
        assertThrows(NotTakenException.class, late::await);
    }

    private Future<EventId> publish(String... data) {
        List<NewEvent> publications = new ArrayList<>();
        for (String text : data) {
            publications.add(new NewEvent("t", null, text));
        }
        return queue.append(new Batch(publications, null)).map(Receipt::last);
    }

    /** The batches of the log, once it has so many. */
    private List<List<String>> batches(int count) throws Exception {
        List<List<String>> batches = new ArrayList<>();
        while (batches.size() < count) {
            batches.clear();
            onContext(() -> log.batches.forEach(batch -> batches.add(batch.stream()
                    .flatMap(submission -> submission.events().stream())
                    .map(event -> event.data().toString())
                    .toList())));
        }
        return batches;
    }

    /** Runs after all that was asked of the context before. */
    private void onContext(Runnable task) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        context.runOnContext(v -> {
            task.run();
            done.complete(null);
        });
        done.get(10, TimeUnit.SECONDS);
    }
}
