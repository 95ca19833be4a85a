package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.stream.EventStream;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.SseBlock;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The promise to clients with a rate, under everything at once: filters, rates, replays, sockets that fill, drain within a write, or go
 * away within one, lifetimes, heartbeats, resumes, and a writer on another thread whose history runs away. Ids only grow, none is
 * of a topic that the client does not want, and in the end each has the newest event of each topic.
 */
@ExtendWith(VertxExtension.class)
// Each test begins with what it needs.
@SuppressWarnings("NullAway.Init")
class RateStressTest {

    private static final int CLIENTS = 60;
    private static final int TOPICS = 7;
    private static final List<TopicFilter> FILTERS = List.of(
            TopicFilter.ALL,
            TopicFilter.of(List.of("t.1")),
            TopicFilter.of(List.of("t.*")),
            TopicFilter.of(List.of("t.2", "t.3", "*.3")),
            TopicFilter.of(List.of("t.4", "t.5")));
    private static final List<String> REPLAYS = List.of("last", "none", "all", "snapshot", "5");
    private static final long[] INTERVALS = {1_000_000, 3_000_000, 20_000_000};

    private final EventLoop loop = new DefaultEventLoop();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private boolean mayLose;
    private Random random;
    private Journal journal;
    private Hub hub;
    // At the end, sockets no longer fill.
    private boolean calm;

    @ParameterizedTest
    @CsvSource({"8, 0, 1", "8, 7, 2", "64, 7, 3", "5000, 0, 4"})
    void everyClientEndsWithTheNewestEventOfEachTopic(int history, int latest, long seed, Vertx vertx)
            throws Exception {
        mayLose = latest == 0 && history < 1000;
        random = new Random(seed);
        Settings options = Settings.DEFAULT
                .withLifetime(Duration.ofMillis(500))
                .withHeartbeat(Duration.ofMillis(150))
                .withHistory(History.of(history, null, null, latest));
        EventStream stream = EventStream.open(vertx, "events", options.stream()).await();
        journal = stream.journal();
        hub = UnlimitedHub.on(loop, options.sse(), Duration.ZERO, System::nanoTime);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(FILTERS.get(i % FILTERS.size()), INTERVALS[i % INTERVALS.length]));
        }
        for (int round = 0; round < 1000 && failure.get() == null; round++) {
            publish(stream, 1 + round % 5);
            onLoop(() -> disturb(clients));
        }
        onLoop(() -> calm = true);
        publish(stream, IntStream.range(0, TOPICS));
        for (Client client : clients) {
            Await.await("the client has it all", () -> failure.get() != null || onLoop(client::isThere));
        }
        onLoop(() -> hub.close(Duration.ZERO));
        stream.close().await();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError(failed);
        }
    }

    private void publish(EventStream stream, int count) {
        // Some topics are rare.
        publish(stream, IntStream.range(0, count).map(i -> Math.min(random.nextInt(TOPICS), random.nextInt(TOPICS))));
    }

    private static void publish(EventStream stream, IntStream topics) {
        stream.publish(topics.mapToObj(topic -> new NewEvent("t." + topic, null, "t." + topic))
                        .toList())
                .await();
    }

    private boolean disturb(List<Client> clients) {
        for (int i = 0; i < 10; i++) {
            Client client = clients.get(random.nextInt(CLIENTS));
            if (client.subscription == null || client.subscription.isClosed()) {
                client.open();
            } else if (client.path.full && random.nextBoolean()) {
                client.drain();
            } else if (random.nextInt(100) == 0) {
                hub.close(client.subscription, random.nextBoolean() ? CloseReason.LIFETIME : CloseReason.GONE);
            }
        }
        return true;
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }

    /** A client and its socket, on the loop. */
    private final class Client {

        final TopicFilter filter;
        final long interval;
        final Map<String, Long> newest = new TreeMap<>();

        @Nullable
        Subscription subscription;

        FakeWritePath path = new FakeWritePath();
        private long position = Subscription.NOTHING;
        private boolean resumed;

        Client(TopicFilter filter, long interval) {
            this.filter = filter;
            this.interval = interval;
        }

        void open() {
            assertFalse(path.aborted, "no client is dead");
            path = new FakeWritePath();
            path.onWrite = this::wrote;
            resumed = position >= 0;
            String lastEventId = resumed ? journal.id(position).toString() : null;
            Replay replay = Replay.parse(REPLAYS.get(random.nextInt(REPLAYS.size())));
            subscription = hub.open(
                    path,
                    new FakeStream(journal),
                    Wishes.rated(filter, interval, Duration.ofMillis(500), new Beginning(lastEventId, null, replay)));
        }

        void drain() {
            path.full = false;
            path.drained.run();
        }

        /** Whether it has the newest event of each topic; opens it again if it has to be. */
        boolean isThere() {
            if (subscription == null || subscription.isClosed()) {
                open();
            } else if (path.full) {
                drain();
            }
            for (int i = 0; i < TOPICS; i++) {
                Journal.Entry entry = journal.newest("t." + i);
                if (entry == null || !filter.matches("t." + i)) {
                    continue;
                }
                if (newest.getOrDefault("t." + i, 0L) != entry.position()) {
                    return false;
                }
            }
            return true;
        }

        private void wrote() {
            try {
                SseBlock.parse(path.take()).forEach(this::take);
            } catch (AssertionError | RuntimeException e) {
                failure.compareAndSet(null, e);
            }
            if (!path.ending) {
                misbehave();
            }
        }

        private void misbehave() {
            if (random.nextInt(6) == 0) {
                path.full = true;
                // The drain happens within the write.
                drain();
            }
            path.full = !calm && random.nextInt(6) == 0;
            if (!calm && random.nextInt(300) == 0) {
                path.gone.run();
            }
        }

        private void take(SseBlock block) {
            if (block.id() == null) {
                return;
            }
            long n = block.n();
            String data = block.data();
            boolean isEvent = data != null && block.event() == null;
            assertTrue(isEvent ? n > position : n >= position, n + " after " + position);
            position = n;
            if (data != null && isEvent) {
                assertTrue(filter.matches(data), "unwanted " + data);
                newest.put(data, n);
            }
            // A replay is not conflated, and may lose events.
            assertTrue(mayLose || !resumed || !"gap".equals(block.event()), "a gap, though each topic is kept");
        }
    }
}
