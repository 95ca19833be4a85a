package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.log.Bytes;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.JournalWriter;
import io.sluice.log.NewEvent;
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.CloseReason;
import io.sluice.stream.StreamListener;
import io.sluice.stream.TopicFilter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Clients with a rate, on a loop whose time the test moves. */
class RateTest {

    private static final long RATE = TimeUnit.MILLISECONDS.toNanos(160);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<ScheduledFuture<?>> scheduled = new ArrayList<>();
    private long nanos = TimeUnit.SECONDS.toNanos(1);
    private long delivered;
    private final Settings options = Settings.DEFAULT
            .withLifetime(Duration.ZERO)
            .withHeartbeat(Duration.ZERO)
            .withSlow(Slow.GAP);
    private JournalWriter writer = journal(History.of(100, null, null));
    private final Hub hub = new Hub(
            loop(),
            options.sse(),
            Duration.ZERO,
            SubscriptionLimits.of(0, 0),
            new StreamListener() {
                @Override
                public void delivered(long events, long bytes) {
                    delivered += events;
                }
            },
            new Subscribers(),
            () -> nanos);

    private record Client(FakeWritePath path, Subscription subscription) {

        /** The ids and data written since the last call, as in {@code 3=x}; what is no event as it is. */
        String took() {
            return path.take()
                    .replace("id: e-", "")
                    .replace("\ndata: ", "=")
                    .replace("\n\n", " ")
                    .trim();
        }
    }

    RateTest() {
        channel.freezeTime();
    }

    @Test
    void atATurnAClientGetsTheNewestEventOfEachTopic() {
        Client client = open(RATE);
        publish("a1", "b1", "a2", "a3");
        assertEquals("0", client.took());
        pass(RATE);
        assertEquals("2=b1 4=a3", client.took());
        assertEquals(2, delivered);
    }

    @Test
    void afterALongerSilenceItGetsAnEventAtOnce() {
        Client client = open(RATE);
        pass(2 * RATE);
        publish("a1");
        assertEquals("0 1=a1", client.took());
        publish("a2");
        pass(RATE - 1);
        assertEquals("", client.took());
        pass(1);
        assertEquals("2=a2", client.took());
    }

    @Test
    void afterEventsThatDoNotPassItWaitsForAQuarterOfAnIntervalAtMost() {
        Client client = open(RATE, Beginning.with(Replay.LAST), TopicFilter.of(List.of("a")));
        pass(2 * RATE);
        publish("x1");
        publish("a1");
        assertEquals("0", client.took());
        pass(RATE / 4);
        assertEquals("2=a1", client.took());
    }

    @Test
    void aClientWithoutARateBesideItGetsEachEvent() {
        Client plain = open(0);
        Client rated = open(RATE);
        publish("a1", "a2");
        assertEquals("0 1=a1 2=a2", plain.took());
        pass(RATE);
        assertEquals("0 2=a2", rated.took());
        hub.close(plain.subscription, CloseReason.GONE);
        publish("a3", "a4");
        pass(RATE);
        Client later = open(0);
        publish("a5");
        assertEquals("4=a4 5=a5", later.took());
        assertEquals("4=a4", rated.took());
    }

    @Test
    void theMembersOfAGroupGetOneSliceAtOneTime() {
        List<Client> clients = List.of(open(RATE), open(RATE), open(RATE));
        publish("a1", "a2", "b1");
        pass(RATE);
        for (Client client : clients) {
            assertEquals("0 2=a2 3=b1", client.took());
        }
    }

    @Test
    void aNewcomerJoinsAtATurnThatIsAnIntervalAfterItsOwnFirstWrite() {
        Client first = open(RATE);
        pass(RATE / 2);
        publish("a1");
        Client second = open(RATE);
        assertEquals("1=a1", second.took());
        publish("a2");
        pass(RATE / 2);
        assertEquals("0 2=a2", first.took());
        assertEquals("", second.took());
        publish("a3");
        pass(RATE);
        assertEquals("3=a3", first.took());
        assertEquals("3=a3", second.took());
        assertTrue(first.subscription.isLive() && second.subscription.isLive());
    }

    @Test
    void aReplayIsNotConflatedAndWhatComesAfterItIs() {
        publish("a1", "a2", "a3");
        Client client = open(RATE, Beginning.with(Replay.parse("all")));
        assertEquals("1=a1 2=a2 3=a3", client.took());
        publish("a4", "a5");
        pass(RATE);
        assertEquals("5=a5", client.took());
    }

    @Test
    void aResumeIsConflated() {
        publish("a1", "b1", "a2", "a3", "b2");
        Client client = open(RATE, new Beginning("e-1", null, Replay.LAST));
        assertEquals("4=a3 5=b2", client.took());
    }

    @Test
    void aResumeBeyondTheHistoryHasNoGapIfEachTopicHasANewerEvent() {
        publish("a1");
        publishMany("a", 150);
        Client client = open(RATE, new Beginning("e-1", null, Replay.LAST));
        assertEquals("151=a150", client.took());
        publish("z1");
        publishMany("a", 150);
        client = open(RATE, new Beginning("e-151", null, Replay.LAST));
        String took = client.took();
        assertTrue(took.startsWith("event: gap\n202={\"after\":\"e-151\",\"next\":\"e-203\",\"lost\":null} "), took);
        assertTrue(took.endsWith("302=a150"), took);
    }

    @Test
    void aGroupThatIsLappedIsToldAGapOnlyIfATopicWasForgotten() {
        Client all = open(RATE);
        Client other = open(RATE);
        publish("a0");
        publishMany("a", 150);
        pass(RATE);
        assertEquals("0 151=a150", all.took());
        publish("z1");
        publishMany("a", 150);
        pass(RATE);
        for (Client client : List.of(all, other)) {
            String took = client.took();
            assertTrue(took.contains("event: gap\n202=") && took.endsWith("302=a150"), took);
        }
        publish("a4");
        pass(RATE);
        assertEquals("303=a4", all.took());
        assertEquals("303=a4", other.took());
    }

    @Test
    void aGroupThatIsLappedMissesNothingIfItNamesItsTopicsAndHasTheNewestOfEach() {
        Client named = open(RATE, Beginning.with(Replay.LAST), TopicFilter.of(List.of("a")));
        publish("z1");
        publishMany("a", 150);
        pass(RATE);
        assertEquals("0 151=a150", named.took());
    }

    @Test
    void aGroupThatIsLappedLosesNothingThatIsKeptBeyondTheHistory() {
        writer = journal(History.of(100, null, null, 10));
        Client all = open(RATE);
        Client named = open(RATE, Beginning.with(Replay.LAST), TopicFilter.of(List.of("z", "a")));
        publish("z1", "y1");
        publishMany("a", 150);
        pass(RATE);
        assertEquals("0 1=z1 2=y1 152=a150", all.took());
        assertEquals("0 1=z1 152=a150", named.took());
    }

    @Test
    void aClientThatIsLappedAloneLosesNothingThatIsKeptBeyondTheHistory() {
        writer = journal(History.of(100, null, null, 10));
        Client client = open(RATE);
        open(RATE);
        client.path.full = true;
        publish("z1", "y1");
        publishMany("a", 150);
        pass(RATE);
        drain(client);
        pass(RATE);
        assertEquals("0 1=z1 2=y1 152=a150", client.took());
    }

    @Test
    void aLogThatLosesItsPastIsToldAsAGap() {
        Client client = open(RATE);
        publish("a1", "a2");
        pass(RATE);
        client.took();
        EventId fresh = new EventId("fresh", 100);
        Epochs epochs = Epochs.startingAt(new EventId("e", 0));
        writer.reset(epochs.startOver(fresh), 100, List.of(), List.of(event(fresh.at(101), "a3")));
        pass(RATE);
        assertEquals(
                "event: gap\nid: fresh-100={\"after\":\"e-2\",\"next\":\"fresh-101\",\"lost\":null} id: fresh-101=a3",
                client.took());
        publish("a4");
        pass(RATE);
        assertEquals("id: fresh-102=a4", client.took());
    }

    @Test
    void anEventToForgetIsDelivered() {
        Client client = open(RATE);
        publish("a1");
        NewEvent forget = new NewEvent("a", null, Bytes.of("gone"), true);
        writer.append(List.of(Event.of(nextId(), Instant.now(), forget)));
        run();
        pass(RATE);
        assertEquals("0 2=gone", client.took());
    }

    @Test
    void anEventToForgetThatIsGoneIsAGapForThoseWhoHadTheTopic() {
        writer = journal(History.of(100, null, null, 10));
        Client client = open(RATE);
        publish("z1");
        pass(RATE);
        assertEquals("0 1=z1", client.took());
        writer.append(List.of(Event.of(nextId(), Instant.now(), new NewEvent("z", null, Bytes.of("gone"), true))));
        publishMany("a", 150);
        pass(RATE);
        String took = client.took();
        assertTrue(took.startsWith("event: gap\n") && took.endsWith("152=a150"), took);
    }

    @Test
    void aFilterAndAFramingAreAGroupEach() {
        Client wild = open(RATE, Beginning.with(Replay.LAST), TopicFilter.of(List.of("b.*", "c")));
        Client named = open(RATE, Beginning.with(Replay.LAST), TopicFilter.of(List.of("a", "c")));
        publish("a1", "b.1", "b.1", "c1", "a2", "b.2", "d1");
        pass(RATE);
        assertEquals("0 3=b.1 4=c1 6=b.2", wild.took());
        assertEquals("0 4=c1 5=a2", named.took());
    }

    @Test
    void aLimitedReaderLearnsNoOtherPosition() {
        publish("x1");
        Client client = open(RATE, Beginning.with(Replay.LAST), TopicFilter.of(List.of("a")), true);
        publish("a1", "a2", "x2", "x3");
        pass(RATE);
        assertEquals("0 3=a2", client.took());
        publish("x4");
        pass(RATE);
        beat(client);
        assertEquals(":", client.took());
    }

    @Test
    void aClientThatNeverDrainsHoldsNothingUp() {
        Client slow = open(RATE);
        Client other = open(RATE);
        slow.path.full = true;
        for (int i = 1; i <= 5; i++) {
            publish("a" + i, "b" + i);
            pass(RATE);
        }
        assertEquals("0", slow.took());
        assertEquals("0 1=a1 2=b1 3=a2 4=b2 5=a3 6=b3 7=a4 8=b4 9=a5 10=b5", other.took());
        pass(10 * RATE);
        assertTrue(hub.isIdle());
        assertEquals(1, timers(), "that of the subscriptions");
    }

    @Test
    void aSocketThatDrainsBetweenTwoTurnsWaitsForTheNext() {
        Client slow = open(RATE);
        Client other = open(RATE);
        slow.path.full = true;
        publish("a1", "b1");
        pass(RATE);
        drain(slow);
        publish("a2");
        pass(RATE / 2);
        assertEquals("0", slow.took());
        pass(RATE / 2);
        assertEquals("2=b1 3=a2", slow.took());
        publish("a3");
        pass(RATE);
        assertEquals("4=a3", slow.took());
        assertEquals("0 1=a1 2=b1 3=a2 4=a3", other.took());
    }

    @Test
    void allOfAGroupMayFallBehindAndComeBack() {
        List<Client> clients = List.of(open(RATE), open(RATE), open(RATE));
        clients.forEach(client -> client.path.full = true);
        publish("a1", "a2");
        pass(RATE);
        clients.forEach(this::drain);
        publish("a3", "b1");
        pass(2 * RATE);
        publish("b2");
        pass(2 * RATE);
        clients.forEach(client -> assertTrue(client.took().endsWith("3=a3 4=b1 5=b2")));
        assertTrue(clients.stream().allMatch(client -> client.subscription.isLive()));
    }

    @Test
    void aHeartbeatTellsNoPositionThatIsAheadOfTheClient() {
        Client client = open(RATE, Beginning.with(Replay.LAST), TopicFilter.of(List.of("a")));
        pass(RATE);
        publish("x1");
        beat(client);
        assertEquals("0 :\n1", client.took());
        pass(RATE);
        publish("a1");
        assertEquals("2=a1", client.took());
        publish("x2", "a2");
        beat(client);
        assertEquals(":", client.took());
        pass(RATE);
        assertEquals("4=a2", client.took());
        beat(client);
        assertEquals(":", client.took());
    }

    @Test
    void theLastWordsCountWhatWasPassedOverAsHad() {
        Client client = open(RATE);
        publish("a1", "a2");
        pass(RATE);
        publish("a3");
        client.took();
        hub.close(client.subscription, CloseReason.LIFETIME);
        assertTrue(client.took().startsWith("2\nretry: "));
    }

    @Test
    void beforeTheEndTheLastStateIsWrittenAtOnce() {
        Client seated = open(RATE);
        Client full = open(RATE);
        Client parked = open(RATE);
        full.path.full = true;
        publish("a1");
        pass(RATE);
        Client newcomer = open(RATE);
        publish("a2", "a3", "b1");
        writer.end();
        run();
        assertEnds(seated, "0 1=a1 3=a3 4=b1 4\nretry");
        assertEnds(parked, "0 1=a1 3=a3 4=b1 4\nretry");
        assertEnds(newcomer, "1=a1 3=a3 4=b1 4\nretry");
        assertFalse(full.subscription.isClosed());
        drain(full);
        assertEnds(full, "0 3=a3 4=b1 4\nretry");
        assertTrue(hub.isIdle());
    }

    private static void assertEnds(Client client, String expected) {
        String took = client.took();
        assertTrue(took.startsWith(expected) && took.endsWith("\"end\"}"), took);
        assertTrue(client.subscription.isClosed());
    }

    @Test
    void aStreamThatIsDeletedEndsEachAtOnce() {
        Client seated = open(RATE);
        publish("a1");
        Client parked = open(RATE);
        publish("a2");
        writer.delete();
        run();
        assertTrue(seated.took().endsWith("\"deleted\"}"));
        assertTrue(parked.took().endsWith("\"deleted\"}"));
        assertTrue(hub.isIdle());
    }

    @Test
    void aDrainEndsThoseThatAreParked() {
        open(RATE);
        publish("a1");
        Client parked = open(RATE);
        assertTrue(hub.close(Duration.ZERO).isComplete());
        assertTrue(parked.path.ended);
    }

    @Test
    void aStateOfManyPartsIsWrittenInOneGo() {
        writer = journal(History.of(10_000, null, null));
        Client client = open(RATE);
        Client slow = open(RATE);
        slow.path.onWrite = () -> slow.path.full = true;
        int topics = 3000;
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < topics; i++) {
                append(nextId(), "t." + i, "x".repeat(50));
            }
        }
        pass(RATE);
        assertEquals(topics + 1, client.took().split(" ").length);
        int parts = 1;
        while (slow.path.full) {
            slow.path.onWrite = () -> {};
            drain(slow);
            parts++;
        }
        assertTrue(parts > 1);
        assertEquals(topics + 1, slow.took().split(" ").length);
    }

    @Test
    void aTurnThatTakesLongLetsOthersRun() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(open(RATE));
            pass(1);
        }
        pass(2 * RATE);
        clients.forEach(client -> client.path.onWrite = () -> nanos += 100_000);
        publish("a1");
        for (int i = 0; i < 50; i++) {
            run();
        }
        publish("a2");
        pass(2 * RATE);
        clients.forEach(client -> assertTrue(client.took().endsWith("1=a1 2=a2")));
    }

    @Test
    void neverTwoWritesWithinAnInterval() {
        Random random = new Random(7);
        List<Client> clients = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int what = random.nextInt(10);
            if (what == 0 && clients.size() < 30) {
                Client client = open(RATE);
                long[] wrote = {nanos};
                client.path.onWrite = () -> {
                    assertTrue(nanos - wrote[0] >= RATE, "after " + (nanos - wrote[0]));
                    wrote[0] = nanos;
                    client.path.full = random.nextInt(4) == 0;
                };
                clients.add(client);
            } else if (what == 1 && !clients.isEmpty()) {
                Client client = clients.get(random.nextInt(clients.size()));
                if (client.path.full) {
                    drain(client);
                }
            } else if (what < 6) {
                publish("a" + step, "b" + step);
            }
            pass(random.nextInt((int) RATE / 4));
        }
        clients.forEach(client -> client.path.onWrite = () -> {});
        clients.stream().filter(client -> client.path.full).forEach(this::drain);
        pass(4 * RATE);
        long head = writer.journal().head();
        clients.forEach(client -> assertTrue(client.took().contains(" " + head + "=")));
    }

    @Test
    void aThousandClientsWithRatesOfTheirOwnHaveOneTimer() {
        for (int i = 0; i < 1000; i++) {
            open(RATE + i * 1000L, Beginning.with(Replay.LAST), TopicFilter.of(List.of("a." + i, "all")));
        }
        pass(2 * RATE);
        long before = timers();
        publish("all1");
        assertEquals(before, timers());
        publish("all2");
        assertEquals(before + 1, timers());
        pass(2 * RATE);
        assertEquals(before, timers());
        assertEquals(2000, delivered);
    }

    @Test
    void ratesOfAThousandAndOfATenthAreKept() {
        Client fast = open(1_000_000);
        Client slow = open(10_000_000_000L);
        for (int i = 1; i <= 10_000; i++) {
            publish("a" + i);
            pass(1_000_000);
        }
        assertEquals(10_001, fast.took().split(" ").length);
        assertEquals("0 10000=a10000", slow.took());
    }

    @Test
    void withoutClientsThereIsNoTimer() {
        Client client = open(RATE);
        publish("a1");
        hub.close(client.subscription, CloseReason.GONE);
        pass(200_000_000);
        assertEquals(0, timers());
        assertEquals(0, hub.streams());
    }

    // ---- on the loop

    /** How many tasks are scheduled on the loop. */
    private long timers() {
        scheduled.removeIf(Future::isDone);
        return scheduled.size();
    }

    /** The channel's loop, whose timers are counted. */
    private EventExecutor loop() {
        return (EventExecutor) Proxy.newProxyInstance(
                RateTest.class.getClassLoader(), new Class<?>[] {EventExecutor.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(channel.eventLoop(), arguments);
                    if (result instanceof ScheduledFuture<?> future) {
                        scheduled.add(future);
                    }
                    return result;
                });
    }

    private static JournalWriter journal(History history) {
        JournalWriter writer = new JournalWriter(history, InstantSource.system());
        writer.reset(Epochs.startingAt(new EventId("e", 0)), 0, List.of(), List.of());
        return writer;
    }

    private Client open(long interval) {
        return open(interval, Beginning.with(Replay.LAST));
    }

    private Client open(long interval, Beginning beginning) {
        return open(interval, beginning, TopicFilter.ALL);
    }

    private Client open(long interval, Beginning beginning, TopicFilter filter) {
        return open(interval, beginning, filter, false);
    }

    private Client open(long interval, Beginning beginning, TopicFilter filter, boolean limited) {
        FakeWritePath path = new FakeWritePath();
        SubscriptionRequest request = Wishes.rated(filter, interval, Duration.ZERO, beginning, limited);
        Subscription subscription = hub.open(path, new FakeStream(writer.journal()), request);
        run();
        return new Client(path, Objects.requireNonNull(subscription));
    }

    /** The first letters are the topic, all of it the data. */
    private void publish(String... events) {
        for (String data : events) {
            writer.append(List.of(event(nextId(), data)));
        }
        run();
    }

    /** Also what is to be done because of a timer. */
    private void run() {
        channel.runPendingTasks();
        channel.runPendingTasks();
    }

    private void publishMany(String topic, int count) {
        for (int i = 1; i <= count; i++) {
            append(nextId(), topic, topic + i);
        }
        run();
    }

    private void append(EventId id, String topic, String data) {
        writer.append(List.of(Event.of(id, Instant.now(), new NewEvent(topic, null, data))));
    }

    private static Event event(EventId id, String data) {
        String topic = data.replaceFirst("\\d+$", "");
        return Event.of(id, Instant.now(), new NewEvent(topic.endsWith(".") ? data : topic, null, data));
    }

    private EventId nextId() {
        EventId last = writer.journal().id(writer.journal().head());
        return last.at(last.n() + 1);
    }

    private void drain(Client client) {
        client.path.full = false;
        client.path.drained.run();
        run();
    }

    private void beat(Client client) {
        client.subscription.delivery.beat(client.subscription);
    }

    /** Lets time pass, one timer after the other. */
    private void pass(long time) {
        long end = nanos + time;
        while (nanos < end) {
            long next = channel.runScheduledPendingTasks();
            long step = Math.min(end - nanos, next <= 0 ? end - nanos : next);
            nanos += step;
            channel.advanceTimeBy(step, TimeUnit.NANOSECONDS);
            run();
        }
    }
}
