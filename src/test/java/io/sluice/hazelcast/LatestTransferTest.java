package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Position;
import io.sluice.log.Bytes;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.History;
import io.sluice.log.JournalWriter;
import io.sluice.log.Leadership;
import io.sluice.log.LogSetup;
import io.sluice.log.NewEvent;
import io.sluice.log.ShardPeers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that has read a ring from 10 on, and others, with a history of two events and the newest of each topic. */
@Timeout(20)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class LatestTransferTest {

    private static final History HISTORY = History.of(2, null, null, 100);
    private static final Epochs EPOCHS = Epochs.startingAt(new EventId("a", 0));
    private static final Epochs OTHERS = Epochs.startingAt(new EventId("b", 0));
    private static final long BASE = 9;

    private final Map<String, Function<Buffer, Buffer>> others = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final JournalWriter own = new JournalWriter(HISTORY, InstantSource.system());
    private Vertx vertx;
    private ContextInternal context;
    private RecordFilter filter;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        context = ((VertxInternal) vertx).createEventLoopContext();
        filter = new RecordFilter(EPOCHS, new NoOutput());
        filter.offer(new Position(1, EPOCHS, BASE));
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void anotherNodeTellsTheNewestOfEachTopicUpToTheBase() {
        JournalWriter other = journal(EPOCHS, "x1 y2 x3 z4 y5 z6- w7 w8 v9");
        other(other);
        assertEquals("x3 y5 w8 v9", latest());
        assertEquals(0, get(10_000).lacking());
    }

    @Test
    void whatIsTooMuchForAPageComesInSeveral() {
        JournalWriter other = new JournalWriter(HISTORY, InstantSource.system());
        other.reset(EPOCHS, 0, List.of());
        for (int n = 1; n <= BASE; n++) {
            other.append(List.of(event("a", n, "" + (char) ('`' + n), "x".repeat(60_000), false)));
        }
        other(other);
        assertEquals("a1 b2 c3 d4 e5 f6 g7 h8 i9", text(get(10_000)));
        assertEquals(List.of("other1", "other1", "other1"), asked);
    }

    /** Otherwise the topic would have none, until this node reads its newer one. */
    @Test
    void anEventBehindTheBaseIsReadBeforeTheOlderOneOfItsTopicIsMissed() {
        other(journal(EPOCHS, "x1 y2 x3 z4 z5 z6 z7 z8 z9 y10"));
        Future<LatestTransfer.Latest> latest = latest(10_000);
        assertFalse(latest.isComplete());
        onContext(() -> {
            filter.offer(
                    new Appended(1, new EventId("a", 10), Instant.now(), new NewEvent("y", null, ""), false, null));
            filter.offer(new Position(1, EPOCHS, 10));
            return Future.succeededFuture();
        });
        assertEquals("x3 z9", text(latest.await()));
    }

    // ---- who is not taken

    @Test
    void aNodeThatHasNotReadSoFarIsAskedAgain() {
        JournalWriter other = journal(EPOCHS, "x1 y2 x3 z4 z5 z6 z7 z8");
        other(other);
        Future<LatestTransfer.Latest> latest = latest(10_000);
        onContext(() -> {
            other.append(List.of(event("a", 9, "y", "", false)));
            return Future.succeededFuture();
        });
        assertEquals("x3 z8 y9", text(latest.await()));
    }

    @Test
    void aNodeWithAnotherLogAndOneThatIsSilentAreLeftOutAndAllNodesThatHaveNothingAreAsked() {
        other(journal(OTHERS, "x1 y2 x3 z4 z5 z6 z7 z8 u9"));
        others.put("silent", question -> {
            throw new IllegalStateException("silent");
        });
        others.put("empty", question -> LatestPage.NOTHING);
        other(journal(EPOCHS, "x1 y2 x3 z4 z5 z6 z7 z8 z9"));
        assertEquals("y2 x3 z9", latest());
        assertEquals(List.of("other1", "silent", "empty", "other4"), asked);
    }

    @Test
    void ifNobodyHasThemTheLogBeginsWithoutAtOnce() {
        others.put("empty", question -> LatestPage.NOTHING);
        assertEquals("", latest());
        assertEquals(BASE, get(10_000).lacking());
    }

    @Test
    void ifNobodyAnswersTheLogBeginsWithoutAfterATime() {
        others.put("busy", question -> LatestPage.LATER);
        assertEquals("", text(get(200)));
    }

    @Test
    void aLogThatHasAllItsEventsAsksNobody() {
        other(journal(EPOCHS, "x1"));
        assertEquals("", text(onContext(() -> transfer(10_000).upTo(0)).await()));
        assertEquals(List.of(), asked);
    }

    // ---- this node's own journal

    @Test
    void aNodeThatHasThemItselfAsksNobody() {
        write(own, EPOCHS, "x1 y2 x3 z4 z5 z6 z7 z8 z9 y10");
        other(journal(EPOCHS, "x1 y2 x3 z4 z5 z6 z7 z8 z9"));
        assertEquals("x3 z9", latest());
        assertEquals(List.of(), asked);
    }

    /** It has missed that x was forgotten. */
    @Test
    void aNodeThatHasMissedEventsAsksWhichAreTheNewest() {
        write(own, EPOCHS, "x1 y2");
        other(journal(EPOCHS, "x1 y2 x3- z4 z5 z6 z7 z8 z9"));
        assertEquals("y2 z9", latest());
    }

    @Test
    void aNodeThatHasMissedEventsKeepsWhatItHasIfNobodyKnows() {
        write(own, EPOCHS, "x1 y2");
        assertEquals("x1 y2", latest());
    }

    @Test
    void aNodeThatComesFromAnotherLogKeepsNothingOfIt() {
        write(own, OTHERS, "x1 y2 x3 z4 z5 z6 z7 z8 z9");
        assertEquals("", latest());
    }

    private void other(JournalWriter journal) {
        others.put("other" + (others.size() + 1), question -> {
            LogSetup setup = setup(journal);
            return new LatestTransfer(setup, ShardPeers.NONE, filter, 0).answer(question);
        });
    }

    private LogSetup setup(EventLog.Follower follower) {
        return new LogSetup(context, "events", HISTORY, Duration.ZERO, follower, new NoLeadership());
    }

    private LatestTransfer transfer(long patience) {
        return new LatestTransfer(setup(own), new Peers(), filter, patience);
    }

    private Future<LatestTransfer.Latest> latest(long patience) {
        return onContext(() -> transfer(patience).upTo(BASE));
    }

    private LatestTransfer.Latest get(long patience) {
        return latest(patience).await();
    }

    private String latest() {
        return text(get(10_000));
    }

    private static String text(LatestTransfer.Latest latest) {
        return latest.events().stream().map(event -> event.topic() + event.n()).collect(Collectors.joining(" "));
    }

    private <T> Future<T> onContext(Supplier<Future<T>> step) {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> step.get().onComplete(done));
        return done.future();
    }

    /** A journal of events: {@code x3} is event 3 of topic x, {@code x3-} the same to be forgotten. */
    private static JournalWriter journal(Epochs epochs, String events) {
        JournalWriter journal = new JournalWriter(HISTORY, InstantSource.system());
        write(journal, epochs, events);
        return journal;
    }

    private static void write(JournalWriter journal, Epochs epochs, String events) {
        journal.reset(epochs, 0, List.of());
        for (String text : events.split(" ", -1)) {
            boolean forget = text.endsWith("-");
            long n = Long.parseLong(text.substring(1, text.length() - (forget ? 1 : 0)));
            journal.append(List.of(event(epochs.newest(), n, text.substring(0, 1), "", forget)));
        }
    }

    private static Event event(String epoch, long n, String topic, String data, boolean forget) {
        NewEvent event = new NewEvent(topic, null, Bytes.of(data), forget);
        return Event.of(new EventId(epoch, n), Instant.now(), event);
    }

    /** The nodes in a map. */
    private final class Peers implements ShardPeers {

        @Override
        public Future<Void> listen(Function<Buffer, Buffer> answers) {
            return context.succeededFuture();
        }

        @Override
        public List<String> others() {
            return List.copyOf(others.keySet());
        }

        @Override
        public Future<Buffer> ask(String other, Buffer question) {
            asked.add(other);
            return context.<Buffer>succeededFuture()
                    .map(v -> Objects.requireNonNull(others.get(other)).apply(question));
        }

        @Override
        public Future<Void> close() {
            return context.succeededFuture();
        }
    }

    private static final class NoOutput implements RecordFilter.Output {

        @Override
        public void rebase(Epochs epochs, long position) {}

        @Override
        public void beginEpoch(Epochs epochs) {}

        @Override
        public void deliver(List<Appended> batch) {}
    }

    private static final class NoLeadership implements Leadership {

        @Override
        public Future<Void> lead() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> stepDown() {
            return Future.succeededFuture();
        }
    }
}
