package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.Journal;
import io.sluice.log.NamedStream;
import io.sluice.log.NamedStreamInfo;
import io.sluice.log.NewEvent;
import io.sluice.log.NoSuchStreamException;
import io.sluice.log.Receipt;
import io.sluice.log.Resumption;
import io.sluice.log.StreamEndedException;
import io.sluice.log.TemplateLogProvider;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TemplateOptions;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Named streams of a real cluster in one JVM. */
@Timeout(90)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class HazelcastTemplateLogTest {

    private static final int SHARDS = 2;
    // More than a ring has room for.
    private static final int MORE_THAN_THE_RING = 21_000;
    private static final int BATCH = 1000;

    private InJvmCluster cluster;
    private Vertx vertx;
    private StreamTemplate chats;

    @BeforeEach
    void start() throws Exception {
        cluster = new InJvmCluster();
        vertx = cluster.join();
        chats = open(vertx);
    }

    @AfterEach
    void stop() {
        chats.close().await();
        cluster.close();
    }

    private static StreamTemplate open(Vertx vertx) {
        return open(vertx, TemplateOptions.DEFAULT);
    }

    private static StreamTemplate open(Vertx vertx, TemplateOptions options) {
        HazelcastCluster joined = HazelcastCluster.of(vertx).orElseThrow();
        return StreamTemplate.open(vertx, "chat", options, HazelcastTemplateLog.provider(joined, SHARDS))
                .await();
    }

    @Test
    void streamsHaveTheSameEventsAtEachNodeWithDenseNumbersOfTheirOwn() throws Exception {
        StreamTemplate other = open(cluster.join());
        for (int i = 0; i < 40; i++) {
            StreamTemplate at = i % 2 == 0 ? chats : other;
            assertEquals(i / 4 + 1, publish(at, "s" + i % 4, "e" + i).n());
        }
        for (int i = 0; i < 4; i++) {
            NamedStream here = watch(chats, "s" + i);
            NamedStream there = watch(other, "s" + i);
            awaitHead(here, 10);
            awaitHead(there, 10);
            assertEquals(data(here), data(there));
        }
        assertEquals(names(chats), names(other));
        assertEquals(SHARDS, chats.leads() + other.leads());
        assertEquals(other.held(), chats.held());
        assertEquals(4, chats.held().streams());
        assertEquals(40, chats.held().events());
        other.close().await();
    }

    @Test
    void anEndAndADeletionHoldAtEachNode() throws Exception {
        StreamTemplate other = open(cluster.join());
        publish(chats, "a", "1");
        publish(other, "b", "1");
        NamedStream a = watch(other, "a");
        NamedStream b = watch(chats, "b");
        chats.publish("a", new Batch(List.of(event("2")), null, true)).await();
        Await.await("a has ended", () -> a.journal().state() == Journal.State.ENDED);
        assertThrows(StreamEndedException.class, () -> publish(other, "a", "3"));
        assertTrue(other.delete("b").await());
        Await.await("b is deleted", () -> b.journal().state() == Journal.State.DELETED);
        Await.await("b has gone", () -> hasGone(chats, "b"));
        other.close().await();
    }

    @Test
    void aKeyedPublishThatIsRepeatedAtAnotherNodeGetsTheFirstReceiptAlsoAfterTheEnd() throws Exception {
        StreamTemplate other = open(cluster.join());
        Batch keyed = new Batch(List.of(event("a"), event("b")), "k", true);
        Receipt first = chats.publish("s", keyed).await();
        assertEquals(2, first.last().n());
        assertEquals(first, other.publish("s", keyed).await());
        // One that comes later, and leads when the others have gone.
        StreamTemplate third = open(cluster.join());
        assertEquals(first, third.publish("s", keyed).await());
        chats.close().await();
        other.close().await();
        assertEquals(first, third.publish("s", keyed).await());
        third.close().await();
    }

    @Test
    void aNodeThatJoinsHasAStreamWhoseEventsHaveLeftTheRing() throws Exception {
        List<EventId> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(publish(chats, "quiet", "q" + i));
        }
        chats.publish("ended", new Batch(List.of(event("x")), null, true)).await();
        publish(chats, "deleted", "x");
        chats.delete("deleted").await();
        List<NewEvent> many =
                IntStream.range(0, BATCH).mapToObj(i -> event("m" + i)).toList();
        for (int i = 0; i < MORE_THAN_THE_RING / BATCH; i++) {
            for (String busy : List.of("busy1", "busy2")) {
                chats.publish(busy, new Batch(many, null)).await();
            }
        }
        StreamTemplate late = open(cluster.join());
        NamedStream quiet = watch(late, "quiet");
        assertEquals(20, data(quiet).size());
        assertEquals(
                ids.get(4),
                quiet.journal()
                        .id(assertInstanceOf(
                                        Resumption.Resumed.class,
                                        quiet.journal().resume(ids.get(4)))
                                .position()));
        assertThrows(StreamEndedException.class, () -> publish(late, "ended", "y"));
        assertTrue(hasGone(late, "deleted"));
        assertEquals(names(chats), names(late));
        assertEquals(21, publish(late, "quiet", "next").n());
        late.close().await();
    }

    @Test
    void ifAllNodesStopWhileAPlainApplicationKeepsTheRingTheStreamsStartOver() throws Exception {
        cluster.join();
        EventId old = publish(chats, "a", "1");
        List<NewEvent> many =
                IntStream.range(0, BATCH).mapToObj(i -> event("m" + i)).toList();
        for (int i = 0; i < MORE_THAN_THE_RING / BATCH; i++) {
            chats.publish("a", new Batch(many, null)).await();
        }
        cluster.awaitSafe();
        chats.close().await();
        chats = open(cluster.join());
        assertEquals(List.of(), names(chats));
        EventId next = publish(chats, "a", "2");
        assertEquals(1, next.n());
        assertFalse(next.epoch().equals(old.epoch()));
        StreamTemplate other = open(cluster.join());
        assertEquals(List.of("2"), data(watch(other, "a")));
        other.close().await();
    }

    @Test
    void aLogThatLostItsPastHasNoStreamsAndTellsTheirReaders() throws Exception {
        StreamTemplate other = open(cluster.join());
        EventId old = publish(chats, "a", "1");
        NamedStream a = watch(other, "a");
        awaitHead(a, 1);
        long position = a.journal().head();
        cluster.awaitSafe();
        for (int i = 0; i < SHARDS; i++) {
            InJvmCluster.hazelcast(vertx).getRingbuffer("sluice.chat#" + i).destroy();
        }
        Await.await("the log takes it", () -> isTaken("a", "2", old));
        awaitHead(a, position + 1);
        Resumption.Gap gap = assertInstanceOf(Resumption.Gap.class, a.journal().resume(position));
        assertNull(gap.lost());
        assertEquals(List.of("2"), data(a));
        other.close().await();
    }

    private boolean isTaken(String stream, String data, EventId before) {
        try {
            EventId id = chats.publish(stream, new Batch(List.of(event(data)), "once"))
                    .await()
                    .last();
            return !id.epoch().equals(before.epoch());
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Test
    void aStreamThatIsWatchedAtAnyNodeDoesNotGoForBeingIdle() throws Exception {
        TemplateOptions options = TemplateOptions.DEFAULT.withIdle(Duration.ofSeconds(1));
        chats.close().await();
        chats = open(vertx, options);
        StreamTemplate other = open(cluster.join(), options);
        publish(chats, "watched", "1");
        publish(chats, "idle", "1");
        NamedStream watched = watch(other, "watched");
        Await.await("idle goes", () -> names(other).equals(List.of("watched")));
        vertx.timer(2500).await();
        assertEquals(List.of("watched"), names(chats));
        other.release(watched);
        Await.await("watched goes", () -> names(chats).isEmpty() && names(other).isEmpty());
        other.close().await();
    }

    @Test
    void aNodeWithOtherRulesOrAnotherNumberOfShardsIsRefused() throws Exception {
        Vertx second = cluster.join();
        HazelcastCluster joined = HazelcastCluster.of(second).orElseThrow();
        TemplateLogProvider more = HazelcastTemplateLog.provider(joined, SHARDS + 1);
        assertEquals("shards: 3: expected 2, as the cluster has it", refusal(() -> StreamTemplate.open(
                        second, "chat", TemplateOptions.DEFAULT, more)
                .await()));
        TemplateOptions idle = TemplateOptions.DEFAULT.withIdle(Duration.ofSeconds(1));
        assertEquals("idle: 1000ms: expected 600000ms, as the cluster has it", refusal(() -> open(second, idle)));
        open(second).close().await();
    }

    private static String refusal(Executable open) {
        InvalidOptionException refused = assertThrows(InvalidOptionException.class, open);
        return refused.option() + ": " + refused.value() + ": expected " + refused.expected();
    }

    private static NewEvent event(String data) {
        return new NewEvent("t", null, data);
    }

    private static EventId publish(StreamTemplate at, String stream, String data) {
        return at.publish(stream, event(data)).await();
    }

    private static NamedStream watch(StreamTemplate at, String stream) {
        return at.watch(stream).await();
    }

    private static boolean hasGone(StreamTemplate at, String stream) {
        try {
            at.release(at.watch(stream).await());
            return false;
        } catch (RuntimeException e) {
            return e instanceof NoSuchStreamException || e.getCause() instanceof NoSuchStreamException;
        }
    }

    private static List<String> names(StreamTemplate at) {
        return at.list(null, 1000).await().stream().map(NamedStreamInfo::name).toList();
    }

    private static void awaitHead(NamedStream stream, long head) throws Exception {
        Await.await("event " + head, () -> stream.journal().head() >= head);
    }

    private static List<String> data(NamedStream stream) {
        Journal journal = stream.journal();
        List<String> data = new ArrayList<>();
        for (long n = journal.tail(); n <= journal.head(); n++) {
            data.add(Objects.requireNonNull(journal.read(n)).event().data().toString());
        }
        return data;
    }
}
