package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.JournalWriter;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Subscriptions may be many, and each may ask for much: a turn of the event loop ends all the same, and who waits for what is
 * fair. Work is counted by a {@link LookClock}.
 */
class FairTurnsTest {

    private static final int MANY = 5000;
    private static final EventId EMPTY = new EventId("fair", 0);

    private final EventLoop loop = new DefaultEventLoop();
    private ServedStream stream = new FakeStream(writer(1).journal());
    private final LookClock clock = new LookClock();

    private record Client(FakeWritePath path, Subscription subscription) {

        String text() {
            return path.written.toString(UTF_8);
        }

        /** The data of the events. */
        List<String> data() {
            return text().lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> line.substring(6))
                    .toList();
        }
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aTurnEndsInTheMiddleOfAnEventThatThousandsOfFiltersMatch() throws Exception {
        JournalWriter writer = writer(1000);
        Hub hub = hub(writer.journal(), clock);
        List<Client> clients = onLoop(() -> {
            List<Client> opened = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                opened.add(open(hub, "none", "t", "own." + i, "*." + i, "t." + i + ".>"));
            }
            return opened;
        });
        settle(hub);
        LookClock.Stranger stranger = clock.stranger(loop);
        long before = clock.looks.get();
        append(writer, 1, 20, "t");
        settle(hub);
        assertTurns(stranger, before, 20 * MANY / 64);
        List<String> expected =
                LongStream.rangeClosed(1, 20).mapToObj(n -> "" + n).toList();
        for (Client client : clients) {
            assertEquals(expected, client.data());
        }
    }

    /** Whoever is live when an event comes gets it, however long it takes to reach all; who leaves or comes displaces nobody. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void subscriptionsThatComeAndGoBetweenTheTurnsOfASliceMissAndRepeatNothing(long seed) throws Exception {
        Random random = new Random(seed);
        JournalWriter writer = writer(1000);
        Hub hub = hub(writer.journal(), clock);
        List<Client> staying = new ArrayList<>();
        List<Client> leaving = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String own = "own." + i;
            onLoop(() -> (random.nextBoolean() ? staying : leaving).add(open(hub, "none", "t", own, "*")));
        }
        settle(hub);
        List<Client> coming = new ArrayList<>();
        List<Long> since = new ArrayList<>();
        for (int n = 1; n <= 200; n += 4) {
            append(writer, n, n + 3, "t");
            for (int i = 0; i < 5; i++) {
                String own = "late." + n + "." + i;
                onLoop(() -> {
                    if (!leaving.isEmpty()) {
                        hub.close(leaving.remove(random.nextInt(leaving.size())).subscription, CloseReason.GONE);
                    }
                    since.add(writer.journal().head());
                    return coming.add(open(hub, "none", "t", own, "*"));
                });
            }
        }
        settle(hub);
        for (Client client : staying) {
            assertEquals(numbers(1, 200), client.data());
        }
        for (int i = 0; i < coming.size(); i++) {
            assertEquals(numbers(since.get(i) + 1, 200), coming.get(i).data());
        }
    }

    @Test
    void aTurnEndsWhenThousandsFallOutOfTheHistoryAtOnce() throws Exception {
        JournalWriter writer = writer(100);
        Hub hub = hub(writer.journal(), clock);
        List<Client> clients = onLoop(() -> {
            List<Client> opened = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                opened.add(open(hub, "none", "t", "own." + i % 1000));
            }
            return opened;
        });
        settle(hub);
        LookClock.Stranger stranger = clock.stranger(loop);
        long before = clock.looks.get();
        append(writer, 1, 300, "t");
        settle(hub);
        assertTurns(stranger, before, MANY / 64);
        for (Client client : clients) {
            assertTrue(client.text().contains("event: gap\nid: fair-200\n"), client.text());
            assertEquals(numbers(201, 300), client.data().subList(1, 101));
        }
    }

    /** HTTP/2 brings hundreds of requests in one read. */
    @ParameterizedTest
    @ValueSource(strings = {"snapshot", "last", "100"})
    void allThatOpensInOneTurnSharesIt(String replay) throws Exception {
        JournalWriter writer = writer(100_000);
        append(writer, 1, 20_000, "t");
        Hub hub = hub(writer.journal(), clock);
        LookClock.Stranger stranger = clock.stranger(loop);
        long before = clock.looks.get();
        List<Client> searching = new ArrayList<>();
        Client modest = onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                searching.add(open(hub, replay, "none." + i, "none.*", "*.none"));
            }
            return open(hub, "none", "t");
        });
        Await.await("the modest one has its position", () -> onLoop(modest.subscription::isLive));
        assertFalse(onLoop(() -> searching.stream().anyMatch(c -> c.subscription.isLive())), "it waits for no search");
        settle(hub);
        assertTurns(stranger, before, 100 * 20_000 / 64);
        for (Client client : searching) {
            assertTrue(client.subscription.isLive(), "each search ends");
        }
    }

    /** The clock stands still: what ends a search is its share. */
    @Test
    void aSearchHasAShareOfATurnHoweverFastItIs() throws Exception {
        JournalWriter writer = writer(100_000);
        append(writer, 1, 2 * Backlog.SHARE, "t");
        Hub hub = hub(writer.journal(), () -> 0);
        Client client = onLoop(() -> {
            Client opened = open(hub, "100", "none.*");
            assertFalse(opened.subscription.isLive(), "it has searched everything at once");
            return opened;
        });
        settle(hub);
        assertTrue(client.subscription.isLive());
    }

    /** Each of them kept a list of all that it had still to get. */
    @Test
    void aClientThatDoesNotReadItsSnapshotKeepsNoEvent() throws Exception {
        JournalWriter writer = writer(1000);
        appendTopics(writer, 1, 1000);
        Hub hub = hub(writer.journal(), System::nanoTime);
        Client client = onLoop(() -> {
            FakeWritePath path = new FakeWritePath();
            path.onWrite = () -> path.full = true;
            return open(hub, path, "snapshot");
        });
        settle(hub);
        assertTrue(client.data().size() < 1000 && !client.subscription.isLive(), "it is behind");
        WeakReference<Journal.Entry> last = new WeakReference<>(writer.journal().read(1000));
        appendTopics(writer, 1001, 2000);
        Await.await("the last event of the snapshot is free", () -> {
            System.gc();
            return last.get() == null;
        });
        assertFalse(client.subscription.isClosed());
    }

    private void assertTurns(LookClock.Stranger stranger, long before, long atLeast) {
        long longest = stranger.stop();
        long looks = clock.looks.get() - before;
        assertTrue(looks >= atLeast, "the work looked at the clock " + looks + " times");
        assertTrue(longest <= LookClock.TURN, "a turn worked for " + longest + " ms");
    }

    private Hub hub(Journal journal, LongSupplier nanoTime) throws Exception {
        SseOptions options = SseOptions.DEFAULT.withHeartbeat(Duration.ZERO);
        stream = new FakeStream(journal);
        return onLoop(() -> UnlimitedHub.on(loop, options, Duration.ZERO, nanoTime));
    }

    private Client open(Hub hub, String replay, String... topics) {
        return open(hub, new FakeWritePath(), replay, topics);
    }

    private Client open(Hub hub, FakeWritePath path, String replay, String... topics) {
        SubscriptionRequest request =
                Wishes.lasting(Duration.ZERO, TopicFilter.of(List.of(topics)), null, Replay.parse(replay), "");
        return new Client(path, Objects.requireNonNull(hub.open(path, stream, request)));
    }

    private static JournalWriter writer(int events) {
        JournalWriter writer = new JournalWriter(History.of(events, null, null), InstantSource.system());
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        return writer;
    }

    private static void append(JournalWriter writer, int from, int to, String topic) {
        writer.append(LongStream.rangeClosed(from, to)
                .mapToObj(n -> event(n, topic, "" + n))
                .toList());
    }

    private static void appendTopics(JournalWriter writer, int from, int to) {
        writer.append(LongStream.rangeClosed(from, to)
                .mapToObj(n -> event(n, "t." + n, "x".repeat(1000)))
                .toList());
    }

    private static Event event(long n, String topic, String data) {
        return Event.of(EMPTY.at(n), Instant.now(), new NewEvent(topic, null, data));
    }

    private static List<String> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(n -> "" + n).toList();
    }

    private void settle(Hub hub) throws Exception {
        Await.await("the hub is idle", () -> onLoop(hub::isIdle));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }
}
