package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.NewEvent;
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.CloseReason;
import io.sluice.stream.EventStream;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.SseBlock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The promise, under everything at once: filters, every kind of replay, sockets that fill, drain within a write, or go away
 * within one, lifetimes, heartbeats, resumes, and a writer on another thread whose history runs away. Each client checks each
 * block: in order, each once, none missing unless a gap says so, every position it is told true, and every count exact.
 */
@ExtendWith(VertxExtension.class)
// Each test begins with what it needs.
@SuppressWarnings("NullAway.Init")
class HubStressTest {

    private static final int CLIENTS = 60;
    private static final int TOPICS = 7;
    private static final List<TopicFilter> FILTERS = List.of(
            TopicFilter.ALL,
            TopicFilter.of(List.of("t.1")),
            TopicFilter.of(List.of("t.*")),
            TopicFilter.of(List.of("t.2", "t.3", "*.3")),
            TopicFilter.of(List.of("none")));
    private static final List<String> REPLAYS = List.of("last", "none", "all", "snapshot", "5", "100");

    private final EventLoop loop = new DefaultEventLoop();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private Slow slow;
    private Random random;
    private Journal journal;
    private Hub hub;
    // At the end, sockets no longer fill.
    private boolean calm;

    @ParameterizedTest
    @CsvSource({"8, 1, GAP", "64, 2, GAP", "5000, 3, GAP", "8, 4, LATEST", "64, 5, LATEST"})
    void everyClientGetsEachEventOnceOrIsToldOtherwise(int history, long seed, Slow slow, Vertx vertx)
            throws Exception {
        this.slow = slow;
        random = new Random(seed);
        Settings options = Settings.DEFAULT
                .withLifetime(Duration.ofMillis(500))
                .withHeartbeat(Duration.ofMillis(150))
                .withSlow(slow)
                .withHistory(History.of(history, null, null));
        EventStream stream = EventStream.open(vertx, "events", options.stream()).await();
        journal = stream.journal();
        hub = UnlimitedHub.on(loop, options.sse(), Duration.ZERO, System::nanoTime);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(FILTERS.get(i % FILTERS.size())));
        }
        for (int round = 0; round < 4000 && failure.get() == null; round++) {
            publish(stream, 1 + round % 5);
            onLoop(() -> disturb(clients));
        }
        onLoop(() -> calm = true);
        for (Client client : clients) {
            waitUntilLive(client);
            onLoop(() -> client.requireEverythingTo(journal.head()));
        }
        onLoop(() -> hub.close(Duration.ZERO));
        stream.close().await();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError(failed);
        }
    }

    private static String topic(long n) {
        return "t." + n * 31 % TOPICS;
    }

    private void publish(EventStream stream, int count) {
        List<NewEvent> batch = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            batch.add(new NewEvent(topic(journal.head() + i), null, "x"));
        }
        Future<EventId> published = stream.publish(batch);
        published.await();
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

    private void waitUntilLive(Client client) throws Exception {
        Await.await("the client is live", () -> failure.get() != null || onLoop(client::isThere));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }

    /** A client and its socket, on the loop. */
    private final class Client {

        final TopicFilter filter;

        @Nullable
        Subscription subscription;

        FakeWritePath path = new FakeWritePath();
        private Replay replay = Replay.LAST;
        private long position = Subscription.NOTHING;
        // Replay may leave out any event before this one.
        private long from;
        // A gap told events lost up to here, behind the position.
        private long toldLost;

        Client(TopicFilter filter) {
            this.filter = filter;
        }

        void open() {
            assertFalse(path.aborted, "no client is dead");
            path = new FakeWritePath();
            path.onWrite = this::wrote;
            String lastEventId = null;
            replay = Replay.parse(REPLAYS.get(random.nextInt(REPLAYS.size())));
            if (position >= 0 && random.nextInt(10) > 0) {
                from = 0;
                lastEventId = journal.id(position).toString();
            } else {
                from = firstPromised(replay);
                position = Subscription.NOTHING;
            }
            toldLost = 0;
            subscription = hub.open(
                    path,
                    new FakeStream(journal),
                    Wishes.lasting(Duration.ofMillis(500), filter, lastEventId, replay, ""));
        }

        /** The position after which a replay leaves out nothing. */
        private long firstPromised(Replay replay) {
            long head = journal.head();
            long oldest = journal.tail() - 1;
            long before = head;
            switch (replay.kind()) {
                case NONE, SNAPSHOT -> {}
                case ALL -> before = oldest;
                case NEWEST -> {
                    for (int found = 0; found < replay.count() && before > oldest; before--) {
                        found += filter.matches(topic(before)) ? 1 : 0;
                    }
                }
            }
            return before;
        }

        void drain() {
            path.full = false;
            path.drained.run();
        }

        /** Whether it is live and has everything; brings it there. */
        boolean isThere() {
            if (subscription == null || subscription.isClosed()) {
                open();
            } else if (path.full) {
                drain();
            }
            assertNotNull(subscription);
            return subscription.isLive() && hub.isIdle();
        }

        boolean requireEverythingTo(long head) {
            requireNothingMissed(head);
            assertFalse(path.aborted, "no client is dead");
            assertTrue(!filter.isAll() || toldLost == 0, "was told of " + toldLost + " more than it lost");
            return true;
        }

        private void wrote() {
            if (position == Subscription.NOTHING) {
                // It may have waited for its turn to begin, and what it asked for is no longer kept.
                from = Math.max(from, journal.tail() - 1);
            }
            try {
                for (SseBlock block : SseBlock.parse(path.take())) {
                    take(block);
                }
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
            if ("gap".equals(block.event())) {
                takeGap(block.n(), new JsonObject(block.data()));
            } else {
                long n = block.n();
                boolean event = block.data() != null && !"close".equals(block.event());
                assertTrue(event ? n > position : n >= position, n + " after " + position);
                assertTrue(!event || filter.matches(topic(n)), "unwanted " + n);
                requireNothingMissed(event ? n - 1 : n);
                position = n;
            }
        }

        private void takeGap(long before, JsonObject data) {
            if (data.getString("after") == null) {
                takeCut(before, data.getLong("lost"));
                return;
            }
            long after = Long.parseLong(data.getString("after").replaceFirst(".*-", ""));
            requireNothingMissed(after);
            assertTrue(before > after, "a gap of nothing");
            if (filter.isAll()) {
                toldLost += data.getLong("lost") - (before - after);
                assertTrue(slow == Slow.LATEST ? toldLost >= 0 : toldLost == 0, "lost: " + data);
            } else if (slow == Slow.LATEST) {
                toldLost = Long.MAX_VALUE;
            }
            position = before;
        }

        /** Without an id it gets what is kept, and is told how many are not if it asked for all. */
        private void takeCut(long before, @Nullable Long lost) {
            assertEquals(Subscription.NOTHING, position);
            assertEquals(filter.isAll() && replay.kind() == Replay.Kind.ALL ? before : null, lost);
            position = before;
        }

        private void requireNothingMissed(long upTo) {
            for (long n = Math.max(position, from) + 1; n <= upTo; n++) {
                if (filter.matches(topic(n)) && --toldLost < 0) {
                    fail(filter + " at " + position + " missed " + n);
                }
            }
        }
    }
}
