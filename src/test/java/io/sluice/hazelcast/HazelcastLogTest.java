package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.ringbuffer.Ringbuffer;
import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.TermStart;
import io.sluice.log.Batch;
import io.sluice.log.Bytes;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.Journal;
import io.sluice.log.LogProvider;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.log.Resumption.Resumed;
import io.sluice.log.Resumption.Unknown;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of a real cluster in one JVM, and forged records in its ring. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class HazelcastLogTest {

    private InJvmCluster cluster;
    private Vertx vertx;
    private EventStream stream;

    @BeforeEach
    void start() throws Exception {
        cluster = new InJvmCluster();
        vertx = cluster.join();
        stream = open(vertx, History.DEFAULT);
    }

    @AfterEach
    void stop() {
        stream.close().await();
        cluster.close();
    }

    @Test
    void eventsOfAllNodesAreReadAtEachInOneOrder() throws Exception {
        EventStream other = open(cluster.join(), History.DEFAULT);
        List<EventId> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(publish(i % 2 == 0 ? stream : other, "e" + i));
        }
        assertEquals(IntStream.rangeClosed(1, 20).mapToObj(n -> (long) n).toList(), numbers(ids));
        awaitHead(stream, 20);
        awaitHead(other, 20);
        assertEquals(data(stream), data(other));
        other.close().await();
    }

    @Test
    void aMessageOnTheBusOfAnyMemberIsTakenOnce() throws Exception {
        Vertx plain = cluster.join();
        EventStream other = open(cluster.join(), History.DEFAULT);
        plain.eventBus().request("sluice.events", "asked").await();
        plain.eventBus().publish("ticks", "published");
        awaitHead(other, 2);
        assertEquals(List.of("asked", "published"), data(other));
        awaitHead(stream, 2);
        other.close().await();
    }

    @Test
    void aNodeThatJoinsHasTheHistoryAndKnowsItsIds() throws Exception {
        EventId first = publish(stream, "a");
        publish(stream, "b");
        EventStream late = open(cluster.join(), History.DEFAULT);
        assertEquals(List.of("a", "b"), data(late));
        assertInstanceOf(Resumed.class, late.journal().resume(first));
        late.close().await();
    }

    @Test
    void theNextLeaderContinuesWhereTheLastOneStopped() throws Exception {
        publish(stream, "a");
        EventStream next = open(cluster.join(), History.DEFAULT);
        assertTrue(stream.isLeading());
        assertFalse(next.isLeading());
        stream.close().await();
        EventId id = publish(next, "b");
        assertEquals(2, id.n());
        assertFalse(stream.isLeading());
        assertTrue(next.isLeading());
        assertEquals(List.of("a", "b"), data(next));
        next.close().await();
    }

    @Test
    void aKeyIsKnownAtEachNodeAndToTheNextLeader() throws Exception {
        Batch keyed = new Batch(List.of(publication("a"), publication("b")), "k");
        Receipt first = stream.publish(keyed).await();
        EventStream next = open(cluster.join(), History.DEFAULT);
        assertEquals(first, next.publish(keyed).await());
        stream.close().await();
        assertEquals(first, next.publish(keyed).await());
        assertEquals(List.of("a", "b"), data(next));
        next.close().await();
    }

    @Test
    void aLargeBatchArrivesWholeInASmallRing() {
        EventStream small = EventStream.open(vertx, "small", StreamOptions.DEFAULT.withHistory(SMALL), log(vertx))
                .await();
        List<NewEvent> many =
                IntStream.range(0, 3000).mapToObj(i -> publication("e" + i)).toList();
        assertEquals(3000, small.publish(many).await().n());
        assertEquals(3000, small.journal().head());
        assertEquals(10, data(small).size());
        small.close().await();
    }

    @Test
    void aForgedRepetitionAndLateRecordsDoNotCount() throws Exception {
        EventId first = publish(stream, "a");
        byte[] repeated = LogRecord.encode(event(1, first, "again"));
        ring().add(repeated);
        ring().add(LogRecord.encode(event(0, first.at(2), "late")));
        assertEquals(2, publish(stream, "b").n());
        assertEquals(List.of("a", "b"), data(stream));
    }

    @Test
    void aLeaderThatSeesAHigherTermTakesOneAboveIt() throws Exception {
        EventId first = publish(stream, "a");
        ring().add(LogRecord.encode(new TermStart(50)));
        ring().add(LogRecord.encode(event(50, first.at(2), "of another sequencer")));
        assertEquals(3, publishUntilTaken("b").n());
        assertEquals(List.of("a", "of another sequencer", "b"), data(stream));
    }

    @Test
    void aRecordThatIsNotOfSluiceIsPassedOver() throws Exception {
        ring().add(new byte[] {99, 1, 2});
        assertEquals(1, publish(stream, "a").n());
    }

    @Test
    void aLogThatLostItsPastBeginsAnEpochAndSaysSo() throws Exception {
        EventId old = publish(stream, "a");
        EventStream other = open(cluster.join(), History.DEFAULT);
        // A copy under way would bring the data back.
        cluster.awaitSafe();
        ring().destroy();
        EventId next = publishUntilTaken("b");
        assertFalse(next.epoch().equals(old.epoch()));
        assertTrue(next.n() > 1_000_000, "above all before: " + next);
        awaitHead(other, next.n());
        for (EventStream each : List.of(stream, other)) {
            assertInstanceOf(Unknown.class, each.journal().resume(old));
            assertNull(each.journal().count(old.n(), next.n()));
            assertEquals(
                    List.of("b"),
                    data(each).subList(data(each).size() - 1, data(each).size()));
        }
        other.close().await();
    }

    @Test
    void aNodeWithAnotherHistoryIsRefused() throws Exception {
        Vertx second = cluster.join();
        InvalidOptionException refused = assertThrows(InvalidOptionException.class, () -> open(second, SMALL));
        assertEquals(
                "history: 10 events, age 3600s, latest 0: expected 10000 events, age 3600s, latest 0, as the cluster has it",
                refused.option() + ": " + refused.value() + ": expected " + refused.expected());
    }

    @Test
    void aNodeThatKeepsTheNewestOfMoreTopicsIsRefused() throws Exception {
        EventStream kept = openKept(vertx, LATEST);
        Vertx second = cluster.join();
        InvalidOptionException refused =
                assertThrows(InvalidOptionException.class, () -> openKept(second, History.of(10, null, null, 7)));
        assertEquals(
                "10 events, age 3600s, latest 7: expected 10 events, age 3600s, latest 5, as the cluster has it",
                refused.value() + ": expected " + refused.expected());
        kept.close().await();
    }

    // ---- the newest of each topic

    @Test
    void aNodeThatJoinsHasTheNewestOfTopicsThatHaveLeftTheRingAndTellsTheNextOne() throws Exception {
        EventStream first = openKept(vertx, LATEST);
        publishQuietAndFlood(first);
        EventStream second = openKept(cluster.join(), LATEST);
        assertEquals(List.of("quiet 2", "late"), beyond(second));
        first.close().await();
        EventStream third = openKept(cluster.join(), LATEST);
        assertEquals(List.of("quiet 2", "late"), beyond(third));
        assertEquals(0, third.journal().forgotten(), "a snapshot has all topics");
        publish(third, "x", "quiet", true);
        awaitHead(second, third.journal().head());
        assertEquals(List.of("late"), beyond(second));
        second.close().await();
        third.close().await();
    }

    /** A node alone has nobody to ask, and is ready at once. */
    @Test
    void theNextNodeGetsNoMoreThanThereIs() throws Exception {
        EventStream first = openKept(vertx, LATEST);
        publishQuietAndFlood(first);
        first.close().await();
        EventStream second = openKept(vertx, LATEST);
        assertEquals(List.of(), beyond(second));
        assertTrue(second.journal().forgotten() > 0, "a snapshot says that topics are missing");
        assertEquals(first.journal().head(), second.journal().head());
        second.close().await();
    }

    private static final History SMALL = History.of(10, null, null);
    private static final History LATEST = History.of(10, null, null, 5);

    private static EventStream openKept(Vertx vertx, History history) {
        return EventStream.open(vertx, "kept", StreamOptions.DEFAULT.withHistory(history), log(vertx))
                .await();
    }

    /** More than the ring keeps. */
    private static void publishQuietAndFlood(EventStream stream) {
        publish(stream, "quiet 1", "quiet", false);
        publish(stream, "gone", "gone", false);
        publish(stream, "quiet 2", "quiet", false);
        publish(stream, "the end of gone", "gone", true);
        publish(stream, "late", "late", false);
        for (int i = 0; i < 30; i++) {
            publish(stream, "e" + i);
        }
    }

    private static void publish(EventStream stream, String data, String topic, boolean forget) {
        stream.publish(new NewEvent(topic, null, Bytes.of(data), forget)).await();
    }

    /** The data of the events that a journal keeps beyond its bounds. */
    private static List<String> beyond(EventStream stream) {
        Journal journal = stream.journal();
        List<String> data = new ArrayList<>();
        for (Journal.Entry next = journal.latestAfter(0); next != null; next = journal.latestAfter(next.position())) {
            data.add(next.event().data().toString());
        }
        return data;
    }

    private static LogProvider log(Vertx vertx) {
        return HazelcastLog.provider(HazelcastCluster.of(vertx).orElseThrow());
    }

    private static EventStream open(Vertx vertx, History history) {
        return EventStream.open(
                        vertx,
                        "events",
                        StreamOptions.DEFAULT.withAddresses("ticks").withHistory(history),
                        log(vertx))
                .await();
    }

    private Ringbuffer<byte[]> ring() {
        return InJvmCluster.hazelcast(vertx).getRingbuffer("sluice.events");
    }

    private static NewEvent publication(String data) {
        return new NewEvent("t", null, data);
    }

    private static EventId publish(EventStream stream, String data) {
        return stream.publish(List.of(publication(data))).await();
    }

    private EventId publishUntilTaken(String data) throws Exception {
        AtomicReference<Receipt> receipt = new AtomicReference<>();
        Await.await("the log takes " + data, () -> isTaken(data, receipt));
        return Objects.requireNonNull(receipt.get()).last();
    }

    private boolean isTaken(String data, AtomicReference<Receipt> receipt) {
        try {
            receipt.set(stream.publish(new Batch(List.of(publication(data)), "once"))
                    .await());
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static Appended event(long term, EventId id, String data) {
        return new Appended(term, id, Instant.now(), publication(data), false, null);
    }

    private static void awaitHead(EventStream stream, long n) throws Exception {
        Await.await("event " + n, () -> stream.journal().head() >= n);
    }

    private static List<Long> numbers(List<EventId> ids) {
        return ids.stream().map(EventId::n).toList();
    }

    /** The data of a journal's events. */
    private static List<String> data(EventStream stream) {
        Journal journal = stream.journal();
        List<String> data = new ArrayList<>();
        for (long n = journal.tail(); n <= journal.head(); n++) {
            Event event = Objects.requireNonNull(journal.read(n)).event();
            data.add(event.data().toString());
        }
        return data;
    }
}
