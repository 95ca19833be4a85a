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
import io.sluice.stream.StreamListener;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client saw an event at a node that died, and comes to a node that has not read it yet. That must not look like a loss, and
 * a client that only claims so must cost no more than a subscription.
 */
class WaitingTest {

    private static final EventId EMPTY = new EventId("late", 0);
    private static final SseOptions OPTIONS =
            SseOptions.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ZERO);

    private final EventLoop loop = new DefaultEventLoop();
    private final JournalWriter writer = new JournalWriter(History.DEFAULT, InstantSource.system());
    private final Journal journal = writer.journal();
    private final SubscriptionLimits limits = SubscriptionLimits.of(0, 0);

    private record Client(FakeWritePath path, Subscription subscription) {

        String text() {
            return path.written.toString(UTF_8);
        }
    }

    @BeforeEach
    void begin() {
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aClientAheadOfTheJournalGetsAHeadAtOnceAndThenReadsOn() throws Exception {
        Hub hub = hub(OPTIONS, Duration.ofMinutes(1));
        Client client = open(hub, "late-2");
        assertEquals(":\n\n", client.text());
        read(1);
        settle(hub);
        assertEquals(":\n\n", client.text());
        read(2, 3);
        settle(hub);
        assertEquals(":\n\nid: late-3\ndata: 3\n\n", client.text());
        assertTrue(client.subscription.isLive());
    }

    @Test
    void aClientThatHasWaitedForExactlyWhatIsThereIsToldItsPosition() throws Exception {
        Hub hub = hub(OPTIONS, Duration.ofMinutes(1));
        Client client = open(hub, "late-2");
        read(1, 2);
        settle(hub);
        assertEquals(":\n\nid: late-2\n\n", client.text());
    }

    @Test
    void aClientWaitsNoLongerThanANodeMayLag() throws Exception {
        Hub hub = hub(OPTIONS, Duration.ofMillis(200));
        read(1);
        Client client = open(hub, "late-2");
        CountDownLatch told = new CountDownLatch(1);
        client.path.onWrite = told::countDown;
        assertTrue(told.await(10, TimeUnit.SECONDS));
        String gap = "event: gap\nid: late-0\ndata: {\"after\":\"late-2\",\"next\":\"late-1\",\"lost\":null}\n\n";
        assertEquals(":\n\n" + gap + "id: late-1\ndata: 1\n\n", onLoop(client::text));
    }

    @Test
    void anIdThatIsAheadByMoreThanAnyNodeCanBeIsAGapAtOnce() throws Exception {
        Hub hub = hub(OPTIONS, Duration.ofMinutes(1));
        Client client = open(hub, "late-999999999999");
        assertTrue(client.text().startsWith("event: gap\nid: late-0\n"), client.text());
    }

    @Test
    void withoutAnotherNodeNoIdIsAhead() throws Exception {
        Client client = open(hub(OPTIONS, Duration.ZERO), "late-2");
        assertTrue(client.text().startsWith("event: gap\n"), client.text());
    }

    @Test
    void aWaitingClientCountsAmongTheSubscriptions() throws Exception {
        Hub hub = hub(OPTIONS, Duration.ofMinutes(1));
        Client client = open(hub, "late-2");
        assertEquals(1, limits.held());
        onLoop(() -> {
            hub.close(client.subscription, CloseReason.GONE);
            return null;
        });
        assertEquals(0, limits.held());
    }

    /** It keeps the id that it came with. */
    @Test
    void aWaitingClientIsDrainedWithoutAPosition() throws Exception {
        Hub hub = hub(OPTIONS, Duration.ofMinutes(1));
        Client client = open(hub, "late-2");
        onLoop(() -> hub.close(Duration.ZERO));
        String end = onLoop(client::text).replaceFirst("retry: \\d+", "retry: N");
        assertEquals(":\n\nretry: N\nevent: close\ndata: {\"reason\":\"drain\"}\n\n", end);
    }

    @Test
    void aHeartbeatTellsAWaitingClientNoPosition() throws Exception {
        Hub hub = hub(OPTIONS.withHeartbeat(Duration.ofMillis(100)), Duration.ofMinutes(1));
        Client client = open(hub, "late-2");
        CountDownLatch beaten = new CountDownLatch(2);
        client.path.onWrite = beaten::countDown;
        assertTrue(beaten.await(10, TimeUnit.SECONDS));
        assertTrue(onLoop(client::text).matches("(:\n\n)+"));
    }

    @Test
    void aBatchLooksOnlyAtTheWaitsForItsEvents() throws Exception {
        Hub hub = hub(OPTIONS, Duration.ofMinutes(1));
        List<Client> clients = new ArrayList<>();
        for (int n = 1000; n >= 1; n--) {
            clients.add(open(hub, "late-" + n));
        }
        int before = looks(clients);
        read(1, 2);
        settle(hub);
        assertEquals(2, clients.stream().filter(c -> c.subscription.isLive()).count());
        assertTrue(looks(clients) - before < 10, "looks at a socket: " + (looks(clients) - before));
    }

    @Test
    void aLogThatGoesBackMeanwhileIsReadFromWhatItHas() throws Exception {
        Hub hub = hub(OPTIONS, Duration.ofMinutes(1));
        read(1, 2, 3);
        Client client = open(hub, "late-5");
        EventId next = new EventId("next", 3);
        List<Event> kept = List.of(event(EMPTY.at(1)), event(EMPTY.at(2)), event(next));
        writer.reset(Epochs.startingAt(EMPTY).goOn(next), 0, kept);
        settle(hub);
        assertTrue(client.text().startsWith(":\n\nevent: gap\n"), client.text());
        assertFalse(client.text().contains("\"after\":\"next"));
    }

    private static int looks(List<Client> clients) {
        return clients.stream().mapToInt(client -> client.path.looks).sum();
    }

    private Hub hub(SseOptions options, Duration lag) throws Exception {
        return onLoop(() ->
                new Hub(loop, options, lag, limits, new StreamListener() {}, new Subscribers(), System::nanoTime));
    }

    private Client open(Hub hub, String lastEventId) throws Exception {
        return onLoop(() -> {
            FakeWritePath path = new FakeWritePath();
            SubscriptionRequest request = Wishes.lasting(Duration.ZERO, TopicFilter.ALL, lastEventId, Replay.LAST, "");
            return new Client(path, Objects.requireNonNull(hub.open(path, new FakeStream(journal), request)));
        });
    }

    private void read(long... numbers) {
        writer.append(LongStream.of(numbers).mapToObj(n -> event(EMPTY.at(n))).toList());
    }

    private static Event event(EventId id) {
        return Event.of(id, Instant.now(), new NewEvent("t", null, "" + id.n()));
    }

    private void settle(Hub hub) throws Exception {
        Await.await("the hub is idle", () -> onLoop(hub::isIdle));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }
}
