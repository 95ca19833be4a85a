package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.sluice.stream.History;
import io.sluice.stream.Publication;
import io.sluice.stream.Replay;
import io.sluice.stream.Size;
import io.sluice.stream.Stream;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.TopicFilter;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hub with sockets that the test fills and empties as it likes. */
@ExtendWith(VertxExtension.class)
class HubTest {

    private static final StreamOptions OPTIONS = StreamOptions.DEFAULT
            .withLifetime(Duration.ZERO)
            .withHeartbeat(Duration.ZERO)
            .withHistory(History.of(50, null, new Size(1 << 20)));

    private EventLoop loop;
    private Stream stream;
    private Hub hub;

    private record Client(FakeWritePath path, Subscription subscription) {}

    @BeforeEach
    void open(Vertx vertx) throws Exception {
        loop = ((VertxInternal) vertx).createEventLoopContext().nettyEventLoop();
        stream = Stream.open(vertx, "events", OPTIONS).await();
        hub = onLoop(() -> new Hub(loop, "events", OPTIONS, stream.journal()));
    }

    @AfterEach
    void close() throws Exception {
        onLoop(hub::close);
        stream.close().await();
    }

    @Test
    void aTurnThatTakesLongLetsOthersRunAndGoesOn() throws Exception {
        List<Client> clients = subscribe(400);
        int[] written = new int[1];
        for (Client client : clients) {
            client.path.onWrite = () -> {
                written[0]++;
                spin(Duration.ofNanos(100_000)); // so that all of them take 40 ms, and a turn has 5
            };
        }
        publish("t", 1);
        int before = writtenWhenTheLoopIsFree(written);
        assertTrue(before > 0 && before < 400, "written before others ran: " + before);
        settle();
        for (Client client : clients) {
            assertEquals(1, received(client).events);
        }
    }

    @Test
    void oneWhoLeavesInTheMiddleOfADeliveryTakesNobodysPlace() throws Exception {
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
            long events = received(client).events;
            assertTrue(client.subscription.closed ? events <= 1 : events == 1, "got it " + events + " times");
        }
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
            assertEquals(4, received(client).position);
        }
    }

    /** Sockets fill and drain, clients come and go, the small history runs away: the promise holds for each. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverHappensWhatAClientGotPlusWhatItWasToldItLostIsEverything(long seed) throws Exception {
        Random random = new Random(seed);
        List<Client> clients = subscribe(40);
        List<Client> left = new ArrayList<>();
        for (int step = 0; step < 300; step++) {
            publish("t", random.nextInt(12));
            onLoop(() -> {
                clients.forEach(client -> fillOrDrain(client, random));
                int leaving = random.nextInt(clients.size());
                Client client = clients.set(leaving, subscribe());
                hub.close(client.subscription, CloseReason.LIFETIME);
                return left.add(client);
            });
        }
        onLoop(() -> {
            clients.forEach(client -> client.path.full = false);
            clients.forEach(client -> hub.drained(client.subscription));
            return null;
        });
        settle();
        for (Client client : clients) {
            assertTrue(client.subscription.isLive(), "behind for ever");
            assertEquals(stream.journal().head(), received(client).position);
        }
        left.forEach(HubTest::received); // which checks that the end told the position that they had reached
    }

    @Test
    void aSubscriptionEndsOnce() throws Exception {
        Client client = subscribe(1).get(0);
        onLoop(() -> {
            hub.close(client.subscription, CloseReason.LIFETIME);
            hub.close(client.subscription, CloseReason.DRAIN);
            hub.drained(client.subscription);
            return null;
        });
        publish("t", 1);
        settle();
        assertTrue(text(client).endsWith("\n\nevent: close\ndata: {}\n\n"), text(client));
    }

    // ---- on the loop

    private void fillOrDrain(Client client, Random random) {
        if (random.nextInt(10) == 0) {
            client.path.full = !client.path.full;
            if (!client.path.full) {
                hub.drained(client.subscription);
            }
        }
    }

    private Client subscribe() {
        FakeWritePath path = new FakeWritePath();
        Start start = Start.replaying(stream.journal(), TopicFilter.ALL, Replay.parse("none"));
        return new Client(path, Objects.requireNonNull(hub.open(path, TopicFilter.ALL, start)));
    }

    private List<Client> subscribe(int count) throws Exception {
        return onLoop(() -> {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                clients.add(subscribe());
            }
            return clients;
        });
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
        while (!onLoop(() -> hub.isIdle())) {
            Thread.onSpinWait();
        }
    }

    private void publish(String topic, int count) {
        List<Publication> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(new Publication(topic, null, "data"));
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

    /** What it got after the position that it was told first. */
    private static Received received(Client client) {
        String first = text(client).lines().findFirst().orElseThrow();
        Received received = new Received(Long.parseLong(first.substring(first.lastIndexOf('-') + 1)));
        received.takeAll(text(client));
        return received;
    }
}
