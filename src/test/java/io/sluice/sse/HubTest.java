package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.sluice.log.ByteSize;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.History;
import io.sluice.log.MemoryLog;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.stream.EventStream;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.PromiseCheck;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A hub with sockets that the test fills and empties as it likes. */
@ExtendWith(VertxExtension.class)
class HubTest {

    private static final Settings OPTIONS = Settings.DEFAULT
            .withLifetime(Duration.ZERO)
            .withHeartbeat(Duration.ZERO)
            .withHistory(History.of(50, null, new ByteSize(1 << 20)));

    private EventLoop loop;
    private EventStream stream;
    private Hub hub;
    private Duration lifetime = Duration.ZERO;
    private EventLog.@Nullable Follower follower;

    private record Client(FakeWritePath path, Subscription subscription) {}

    @BeforeEach
    void open(Vertx vertx) throws Exception {
        loop = ((VertxInternal) vertx).createEventLoopContext().nettyEventLoop();
        stream = EventStream.open(vertx, "events", OPTIONS.stream(), setup -> {
                    follower = setup.follower();
                    return MemoryLog.provider().create(setup);
                })
                .await();
        hub = onLoop(() -> hub(OPTIONS));
    }

    @AfterEach
    void close() throws Exception {
        onLoop(() -> hub.close(Duration.ZERO));
        stream.close().await();
    }

    @Test
    void aTurnThatTakesLongLetsOthersRunAndGoesOn() throws Exception {
        List<Client> clients = subscribe(400);
        int[] written = new int[1];
        for (Client client : clients) {
            client.path.onWrite = () -> {
                written[0]++;
                // All of them together take 40 ms, and a turn has 5.
                spin(Duration.ofNanos(100_000));
            };
        }
        publish("t", 1);
        int before = writtenWhenTheLoopIsFree(written);
        assertTrue(before > 0 && before < 400, "written before others ran: " + before);
        settle();
        for (Client client : clients) {
            assertEquals(1, received(client).events());
        }
    }

    @Test
    void aSubscriptionThatLeavesDuringADeliveryDisplacesNoOther() throws Exception {
        List<Client> clients = subscribe(300);
        Random random = new Random(1);
        for (Client client : clients) {
            client.path.onWrite = () -> {
                Client other = clients.get(random.nextInt(clients.size()));
                hub.close(other.subscription, CloseReason.GONE);
                spin(Duration.ofNanos(50_000));
            };
        }
        publish("t", 1);
        settle();
        for (Client client : clients) {
            long events = received(client).events();
            assertTrue(client.subscription.isClosed() ? events <= 1 : events == 1, "got it " + events + " times");
        }
    }

    @Test
    void aLiveSubscriptionIsToldWhenTheLogLosesItsPast() throws Exception {
        publish("t", 3);
        Client client = subscribe(1).get(0);
        EventId old = stream.journal().id(3);
        Epochs epochs = Epochs.startingAt(old.at(0));
        follower().reset(epochs.startOver(new EventId("fresh", 100)), 100, List.of());
        settle();
        String expected =
                "event: gap\nid: fresh-100\ndata: {\"after\":\"" + old + "\",\"next\":null,\"lost\":null}\n\n";
        String written = client.path.written.toString(UTF_8);
        assertTrue(written.endsWith(expected), written);
    }

    @Test
    void aLiveSubscriptionIsToldWhenTheLogGoesBackAndContinuesBehindItsLastEvent() throws Exception {
        publish("t", 3);
        Client client = subscribe(1).get(0);
        EventId last = stream.journal().id(3);
        Epochs epochs = Epochs.startingAt(last.at(0));
        EventId next = new EventId("fresh", 3);
        List<Event> kept = List.of(event(last.at(1)), event(last.at(2)), event(next));
        follower().reset(epochs.goOn(next), 0, kept);
        settle();
        String expected = "event: gap\nid: " + last.at(2) + "\ndata: {\"after\":\"" + last
                + "\",\"next\":\"fresh-3\",\"lost\":null}\n\nid: fresh-3\ndata: x\n\n";
        String written = client.path.written.toString(UTF_8);
        assertTrue(written.endsWith(expected), written);
    }

    /** Takes the place of the stream's log. */
    private EventLog.Follower follower() {
        return Objects.requireNonNull(follower);
    }

    private static Event event(EventId id) {
        return Event.of(id, Instant.now(), new NewEvent("t", null, "x"));
    }

    @Test
    void aNewcomerInTheMiddleOfADeliveryMissesAndRepeatsNothing() throws Exception {
        List<Client> clients = subscribe(300);
        List<Client> newcomers = new ArrayList<>();
        for (Client client : clients) {
            client.path.onWrite = () -> {
                client.path.onWrite = () -> {};
                newcomers.add(subscribe());
                spin(Duration.ofNanos(50_000));
            };
        }
        publish("t", 3);
        settle();
        publish("t", 1);
        settle();
        for (Client client : newcomers) {
            assertEquals(4, received(client).n());
        }
    }

    /** In strict mode a large write fills and drains the socket before it returns. */
    @Test
    void aSocketThatDrainsWithinAWriteRepeatsNothing() throws Exception {
        Client client = subscribe(1).get(0);
        client.path.full = true;
        publish("t", 30);
        settle();
        onLoop(() -> {
            client.path.onWrite = client.path.drained;
            client.path.full = false;
            client.path.drained.run();
            return null;
        });
        settle();
        publish("t", 5);
        settle();
        assertEquals(35, received(client).events());
    }

    @Test
    void aResponseThatCannotBeWrittenToDelaysNoOther() throws Exception {
        List<Client> clients = subscribe(3);
        clients.get(1).path.onWrite = () -> {
            throw new IllegalStateException("an application's handler failed");
        };
        publish("t", 1);
        settle();
        publish("t", 1);
        settle();
        assertEquals(2, received(clients.get(0)).events());
        assertEquals(2, received(clients.get(2)).events());
        assertTrue(clients.get(1).subscription.isClosed());
    }

    /** A subscription that has not got the slice, because direct memory has run out say, must not continue without it. */
    @Test
    void aClientThatCannotBeWrittenToIsCutOffAndTheOthersGetTheSlice() throws Exception {
        List<Client> clients = subscribe(3);
        clients.get(1).path.onWrite = () -> {
            throw new OutOfMemoryError("of the test");
        };
        publish("t", 1);
        settle();
        assertEquals(1, received(clients.get(0)).events());
        assertEquals(1, received(clients.get(2)).events());
        assertTrue(clients.get(1).path.aborted);
    }

    @Test
    void aDrainThatBeginsWithinAHeartbeatEndsEverybody() throws Exception {
        hub = onLoop(() -> hub(OPTIONS.withHeartbeat(Duration.ofMillis(100))));
        List<Client> clients = subscribe(5);
        CompletableFuture<Void> drained = new CompletableFuture<>();
        for (Client client : clients) {
            client.path.onWrite = () -> hub.close(Duration.ZERO).onSuccess(drained::complete);
        }
        drained.get(10, TimeUnit.SECONDS);
        for (Client client : clients) {
            assertTrue(client.path.ended);
        }
    }

    @Test
    void aLiveSubscriptionKeepsNothingOfWhatWasReplayed() throws Exception {
        publish("t", 5);
        Client client = onLoop(() -> subscribe(TopicFilter.of(List.of("t")), "snapshot"));
        assertFalse(client.subscription.hasCursor());
    }

    @Test
    void anEndThatFailsStopsNoOtherTimer(Vertx vertx) throws Exception {
        lifetime = Duration.ofMillis(300);
        CountDownLatch ended = new CountDownLatch(1);
        List<Client> clients = subscribe(2);
        clients.get(0).path.onWrite = () -> {
            throw new IllegalStateException("an application's handler failed");
        };
        clients.get(1).path.onWrite = ended::countDown;
        assertTrue(ended.await(10, TimeUnit.SECONDS));
    }

    @Test
    void withoutSubscriptionsAHubListensToNothing() throws Exception {
        Client client = subscribe(1).get(0);
        onLoop(() -> {
            hub.close(client.subscription, CloseReason.GONE);
            return null;
        });
        publish("t", 20);
        Client later = subscribe(1).get(0);
        publish("t", 1);
        settle();
        assertEquals(1, received(later).events());
        assertEquals(21, received(later).n());
    }

    @Test
    void aSubscriptionEndsForTheReasonOfItsRequest() throws Exception {
        CountDownLatch ended = new CountDownLatch(2);
        FakeWritePath path = new FakeWritePath();
        path.onWrite = ended::countDown;
        SubscriptionRequest request = new SubscriptionRequest(
                TopicFilter.ALL,
                false,
                Beginning.with(Replay.LAST),
                Manner.Streaming.PLAIN,
                "",
                null,
                SubscriptionTimers.now() + 200,
                CloseReason.EXPIRED,
                Revocation.first());
        onLoop(() -> hub.open(path, new FakeStream(stream.journal()), request));
        assertTrue(ended.await(10, TimeUnit.SECONDS));
        String written = onLoop(() -> path.written.toString(UTF_8));
        assertTrue(written.endsWith("\nevent: close\ndata: {\"reason\":\"expired\"}\n\n"), written);
    }

    @Test
    void aSubscriptionEndsOnce() throws Exception {
        Client client = subscribe(1).get(0);
        onLoop(() -> {
            hub.close(client.subscription, CloseReason.LIFETIME);
            hub.close(client.subscription, CloseReason.DRAIN);
            client.path.drained.run();
            return null;
        });
        publish("t", 1);
        settle();
        assertTrue(text(client).endsWith("\nevent: close\ndata: {}\n\n"), text(client));
    }

    // ---- on the loop

    private Hub hub(Settings options) {
        return UnlimitedHub.on(loop, options.sse(), Duration.ZERO, System::nanoTime);
    }

    private Client subscribe() {
        return subscribe(TopicFilter.ALL, "none");
    }

    private Client subscribe(TopicFilter filter, String replay) {
        FakeWritePath path = new FakeWritePath();
        SubscriptionRequest request = Wishes.lasting(lifetime, filter, null, Replay.parse(replay), "");
        return new Client(path, Objects.requireNonNull(hub.open(path, new FakeStream(stream.journal()), request)));
    }

    private List<Client> subscribe(int count) throws Exception {
        List<Client> clients = onLoop(() -> {
            List<Client> opened = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                opened.add(subscribe());
            }
            return opened;
        });
        // Those that open late in a turn of the loop begin in a later one.
        settle();
        return clients;
    }

    private int writtenWhenTheLoopIsFree(int[] written) throws Exception {
        int[] seen = new int[1];
        while (seen[0] == 0) {
            seen[0] = onLoop(() -> written[0]);
        }
        return seen[0];
    }

    /** Waits until the hub has done all that there is to do. */
    private void settle() throws Exception {
        Await.await("the hub is idle", () -> onLoop(() -> hub.isIdle()));
    }

    private void publish(String topic, int count) {
        List<NewEvent> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(new NewEvent(topic, null, "data"));
        }
        if (count > 0) {
            stream.publish(batch).await();
        }
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }

    private static void spin(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static String text(Client client) {
        return client.path.written.toString(UTF_8);
    }

    /** Checks all blocks after the first position. */
    private static PromiseCheck received(Client client) {
        String first = text(client).lines().findFirst().orElseThrow();
        PromiseCheck received = PromiseCheck.failingAfter(Long.parseLong(first.substring(first.lastIndexOf('-') + 1)));
        received.takeAll(text(client));
        return received;
    }
}
