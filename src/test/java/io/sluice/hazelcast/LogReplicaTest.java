package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Batch;
import io.sluice.log.Bytes;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventLog;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.Leadership;
import io.sluice.log.LogProvider;
import io.sluice.log.LogSetup;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replica that lags, finds holes, or fails: in a real cluster in one JVM, with a history of ten events. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls start()
class LogReplicaTest {

    private static final History SMALL = History.of(10, null, null);
    private static final History LATEST = History.of(10, null, null, 5);

    private InJvmCluster cluster;
    private Vertx vertx;

    @BeforeEach
    void start() throws Exception {
        cluster = new InJvmCluster();
        vertx = cluster.join();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    /** After misses a node forgot the keys that it had seen, and as the next leader took a repetition. */
    @Test
    void aReplicaThatLagsKeepsTheKeysThatItHasSeen() throws Exception {
        EventStream leader = open(vertx);
        EventStream lagging = open(cluster.join());
        Batch keyed = new Batch(List.of(event("keyed")), "k");
        Receipt first = leader.publish(keyed).await();
        awaitHead(lagging, 1);
        CountDownLatch released = new CountDownLatch(1);
        lagging.journal().addWakeUp(() -> awaitUninterruptibly(released));
        for (int i = 2; i <= 60; i++) {
            leader.publish(List.of(event("e" + i))).await();
        }
        released.countDown();
        awaitHead(lagging, 60);
        assertNull(lagging.journal().read(1));
        leader.close().await();
        assertEquals(first, lagging.publish(keyed).await());
        lagging.close().await();
    }

    /** It must not keep as the newest of a topic what has a newer event that it has missed. */
    @Test
    void aReplicaThatHasMissedEventsLearnsOfAnotherNodeWhichAreTheNewest() throws Exception {
        EventStream leader = open(vertx, LATEST);
        EventStream lagging = open(cluster.join(), LATEST);
        leader.publish(List.of(event("gone", "1"), event("quiet", "2"), event("again", "3")))
                .await();
        awaitHead(lagging, 3);
        CountDownLatch released = new CountDownLatch(1);
        lagging.journal().addWakeUp(() -> awaitUninterruptibly(released));
        leader.publish(List.of(event("t", "4"))).await();
        leader.publish(new NewEvent("gone", null, Bytes.of(""), true)).await();
        leader.publish(event("again", "6")).await();
        for (int n = 7; n <= 60; n++) {
            leader.publish(event("t", "" + n)).await();
        }
        released.countDown();
        awaitHead(lagging, 60);
        assertNull(lagging.journal().newest("gone"));
        assertEquals("2", data(lagging.journal().newest("quiet")));
        assertEquals("6", data(lagging.journal().newest("again")));
        leader.close().await();
        lagging.close().await();
    }

    private static String data(Journal.@Nullable Entry entry) {
        return String.valueOf(entry == null ? null : entry.event().data());
    }

    /** A ring whose new records were all empty stopped a node for good. */
    @Test
    void aHoleInTheRingStopsNoReplica() {
        EventStream stream = open(vertx);
        for (int i = 0; i < 2; i++) {
            InJvmCluster.hazelcast(vertx).<byte[]>getRingbuffer("sluice.small").add(new byte[0]);
        }
        assertEquals(1, stream.publish(List.of(event("a"))).await().n());
        stream.close().await();
    }

    /** The journal lacked the event from then on, and one line in the output was all that said so. */
    @Test
    void aJournalThatFailsIsLoadedAnew() throws Exception {
        FailingFollower follower = new FailingFollower();
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        EventLog log = provider(vertx)
                .create(new LogSetup(context, "small", SMALL, Duration.ofMinutes(5), follower, new NoConsumers()));
        onContext(context, log::open).await();
        assertEquals("begin 0 []", follower.next());
        log.append(Batch.of(event("a"))).await();
        assertEquals("[a]", follower.next());
        assertTrue(log.isFollowing());
        Future<Receipt> failing = log.append(Batch.of(event(FailingFollower.BAD)));
        assertEquals("begin 0 [a, bad]", follower.next());
        failing.otherwiseEmpty().await();
        assertEquals(3, log.append(Batch.of(event("c"))).await().last().n());
        assertEquals("[c]", follower.next());
        assertTrue(log.isFollowing());
        onContext(context, log::close).await();
    }

    private static Future<Void> onContext(ContextInternal context, java.util.function.Supplier<Future<Void>> step) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> step.get().onComplete(done));
        return done.future();
    }

    private static LogProvider provider(Vertx vertx) {
        return HazelcastLog.provider(HazelcastCluster.of(vertx).orElseThrow());
    }

    private static EventStream open(Vertx vertx) {
        return open(vertx, SMALL);
    }

    private static EventStream open(Vertx vertx, History history) {
        return EventStream.open(vertx, "small", StreamOptions.DEFAULT.withHistory(history), provider(vertx))
                .await();
    }

    private static NewEvent event(String data) {
        return event("t", data);
    }

    private static NewEvent event(String topic, String data) {
        return new NewEvent(topic, null, data);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitHead(EventStream stream, long n) throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        Runnable wakeUp = () -> {
            if (stream.journal().head() >= n) {
                reached.countDown();
            }
        };
        stream.journal().addWakeUp(wakeUp);
        wakeUp.run();
        reached.await();
        stream.journal().removeWakeUp(wakeUp);
    }

    private static final class NoConsumers implements Leadership {

        @Override
        public Future<Void> lead() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> stepDown() {
            return Future.succeededFuture();
        }
    }

    /** A follower that cannot take one event when it comes, and can take it when the log is loaded anew. */
    private static final class FailingFollower implements EventLog.Follower {

        static final String BAD = "bad";

        private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        @Override
        public void reset(Epochs epochs, long n, List<Event> latest, List<Event> kept) {
            seen.add("begin " + n + " " + data(kept));
        }

        @Override
        public void beginEpoch(Epochs epochs) {
            seen.add("epoch " + epochs);
        }

        @Override
        public void append(List<Event> events) {
            if (data(events).contains(BAD)) {
                throw new IllegalStateException("a hole");
            }
            seen.add(data(events).toString());
        }

        private static List<String> data(List<Event> events) {
            return events.stream().map(event -> event.data().toString()).toList();
        }

        String next() throws InterruptedException {
            return String.valueOf(seen.poll(20, TimeUnit.SECONDS));
        }
    }
}
