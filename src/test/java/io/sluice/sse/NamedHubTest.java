package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hub of many streams, which are made, end and are deleted. */
class NamedHubTest {

    private static final String END = "\nevent: close\ndata: {\"reason\":\"end\"}\n\n";
    private static final String DELETED = "\nevent: close\ndata: {\"reason\":\"deleted\"}\n\n";

    private final EventLoop loop = new DefaultEventLoop();
    private final LookClock clock = new LookClock();
    private final SubscriptionLimits limits = SubscriptionLimits.of(0, 0);
    private Duration lag = Duration.ZERO;
    private @Nullable Hub hub;

    /** A stream of a template, and who has it. */
    private static final class Named implements ServedStream {

        final JournalWriter writer = new JournalWriter(History.of(20_000, null, null), InstantSource.system());
        final EventId empty;
        int subscribers;
        int readers;
        private long last;

        Named(String epoch) {
            empty = new EventId(epoch, 0);
        }

        Named make() {
            writer.reset(Epochs.startingAt(empty), 0, List.of());
            return this;
        }

        Named append(int count) {
            List<Event> events = LongStream.rangeClosed(last + 1, last + count)
                    .mapToObj(n -> Event.of(empty.at(n), Instant.now(), new NewEvent("t", null, "" + n)))
                    .toList();
            writer.append(events);
            last += count;
            return this;
        }

        @Override
        public Journal journal() {
            return writer.journal();
        }

        @Override
        public void subscribed(int more) {
            subscribers += more;
        }

        @Override
        public void release() {
            readers--;
        }

        @Override
        public String toString() {
            return empty.epoch();
        }
    }

    private record Client(FakeWritePath path, Subscription subscription) {

        String text() {
            return path.written.toString(UTF_8);
        }

        /** The data of the events. */
        List<String> data() {
            return text().lines()
                    .filter(line -> line.matches("data: \\d+"))
                    .map(line -> line.substring(6))
                    .toList();
        }
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void eachStreamHasItsOwnSubscribersAndAllShareAHub() throws Exception {
        List<Named> streams = new ArrayList<>();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            streams.add(new Named("s" + i));
            clients.add(open(streams.get(i), "none"));
        }
        settle();
        assertEquals(500, (int) onLoop(() -> hub().streams()));
        for (int i = 0; i < 500; i++) {
            streams.get(i).make().append(1 + i % 3);
        }
        settle();
        for (int i = 0; i < 500; i++) {
            assertEquals(numbers(1, 1 + i % 3), clients.get(i).data());
            assertTrue(clients.get(i).text().startsWith("id: none-0\n\nid: s" + i + "-1\n"));
        }
    }

    @Test
    void aStreamIsReleasedOnceForEachReaderWhenItsLastSubscriptionLeaves() throws Exception {
        Named stream = new Named("s");
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(open(stream, "none"));
        }
        assertEquals(3, stream.subscribers);
        assertEquals(1, stream.readers, "the hub has it once");
        for (Client client : clients) {
            assertEquals(1, (int) onLoop(() -> hub().streams()));
            onLoop(() -> {
                client.path.gone.run();
                return null;
            });
        }
        assertEquals(0, stream.subscribers);
        assertEquals(0, stream.readers);
        assertEquals(0, (int) onLoop(() -> hub().streams()));
    }

    @Test
    void whoIsRefusedHasNoStream() throws Exception {
        onLoop(() -> hub().close(Duration.ZERO));
        Named stream = new Named("s");
        FakeWritePath path = new FakeWritePath();
        stream.readers++;
        assertNull(onLoop(() -> hub().open(path, stream, request("none", null))));
        assertEquals(0, stream.readers);
        assertTrue(path.written.toString(UTF_8).endsWith("{\"reason\":\"drain\"}\n\n"));
    }

    @Test
    void namesThatNobodyEverPublishedLeaveNothingBehind() throws Exception {
        for (int i = 0; i < 20; i++) {
            int batch = i;
            onLoop(() -> {
                for (int j = 0; j < 500; j++) {
                    Named stream = new Named("s" + batch + "x" + j);
                    FakeWritePath path = new FakeWritePath();
                    stream.readers++;
                    Subscription subscription = Objects.requireNonNull(hub().open(path, stream, request("all", null)));
                    hub().close(subscription, CloseReason.GONE);
                    assertEquals(0, stream.readers);
                }
                return null;
            });
        }
        settle();
        assertEquals(0, (int) onLoop(() -> hub().streams()));
        assertEquals(0, limits.held());
    }

    // ---- the end

    @Test
    void anEndInTheWakeUpOfTheLastEventsComesBehindThem() throws Exception {
        Named stream = new Named("s").make();
        Client live = open(stream, "none");
        Client filtered = open(stream, "none", "other");
        settle();
        onLoop(() -> {
            stream.append(3).append(2).writer.end();
            return null;
        });
        settle();
        assertEquals(numbers(1, 5), live.data());
        assertTrue(live.text().contains("\ndata: 5\n\nid: s-5\nretry: "), live.text());
        assertTrue(live.text().endsWith(END), live.text());
        assertTrue(filtered.text().startsWith("id: s-0\n\nid: s-5\nretry: "), filtered.text());
        assertTrue(filtered.text().endsWith(END), filtered.text());
        assertEquals(0, stream.subscribers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "9000"})
    void whoIsInTheMiddleOfAReplayGetsItWholeBeforeTheEnd(String replay) throws Exception {
        Named stream = new Named("s").make().append(10_000);
        Client client = onLoop(() -> {
            FakeWritePath path = new FakeWritePath();
            path.onWrite = () -> path.full = true;
            stream.readers++;
            return new Client(path, Objects.requireNonNull(hub().open(path, stream, request(replay, null))));
        });
        settle();
        stream.append(500).writer.end();
        settle();
        assertTrue(client.data().size() < 9000 && !client.path.ended, "it is behind");
        onLoop(() -> {
            client.path.onWrite = () -> {};
            client.path.full = false;
            client.path.drained.run();
            return null;
        });
        settle();
        assertEquals(numbers(replay.equals("all") ? 1 : 1001, 10_500), client.data());
        assertTrue(
                client.text().endsWith(END),
                client.text().substring(client.text().length() - 100));
    }

    @Test
    void aSlowClientGetsAllBeforeTheEnd() throws Exception {
        Named stream = new Named("s").make();
        Client client = open(stream, "none");
        onLoop(() -> client.path.full = true);
        stream.append(10);
        settle();
        stream.append(10).writer.end();
        settle();
        assertFalse(client.path.ended, "it has still to get the rest");
        onLoop(() -> {
            client.path.full = false;
            client.path.drained.run();
            return null;
        });
        settle();
        assertEquals(numbers(1, 20), client.data());
        assertTrue(client.text().endsWith(END));
    }

    /** A newcomer gets what it asks for, and leaves the others alone. */
    @Test
    void whoComesWhileTheLiveOnesEndIsServed() throws Exception {
        Named stream = new Named("s").make().append(3);
        Client live = open(stream, "none");
        List<Client> late = new ArrayList<>();
        onLoop(() -> {
            live.path.onWrite = () -> {
                live.path.onWrite = () -> {};
                late.add(subscribe(stream, "all"));
            };
            return null;
        });
        stream.writer.end();
        settle();
        assertTrue(live.text().endsWith(END));
        assertEquals(numbers(1, 3), late.get(0).data());
        assertTrue(late.get(0).text().endsWith(END));
        assertEquals(0, stream.readers);
    }

    @Test
    void aDeletedStreamEndsThoseThatAreLiveBehindAndWaitingForTheirSockets() throws Exception {
        Named stream = new Named("s").make().append(5);
        Client live = open(stream, "none");
        Client stuck = open(stream, "none");
        onLoop(() -> stuck.path.full = true);
        stream.append(5);
        settle();
        stream.writer.delete();
        settle();
        assertTrue(live.text().endsWith(DELETED));
        assertFalse(stuck.path.ended);
        onLoop(() -> {
            stuck.path.full = false;
            stuck.path.drained.run();
            return null;
        });
        settle();
        assertEquals(List.of(), stuck.data());
        assertTrue(stuck.text().endsWith(DELETED));
        assertEquals(0, stream.readers);
    }

    @Test
    void theEndOfThousandsIsSpreadOverTurns() throws Exception {
        int many = 20_000;
        Named stream = new Named("s").make();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            onLoop(() -> {
                for (int j = 0; j < many / 20; j++) {
                    clients.add(subscribe(stream, "none"));
                }
                return null;
            });
            settle();
        }
        LookClock.Stranger stranger = clock.stranger(loop);
        long before = clock.looks.get();
        stream.append(1).writer.end();
        settle();
        long longest = stranger.stop();
        assertTrue(clock.looks.get() - before >= many, "it looks at the clock");
        assertTrue(longest <= LookClock.TURN, "a turn worked for " + longest + " ms");
        for (Client client : clients) {
            assertEquals(List.of("1"), client.data());
            assertTrue(client.path.ended);
        }
        assertEquals(0, stream.readers);
    }

    // ---- ids

    /** Another node has made the stream, and given out the id. */
    @Test
    void aClientWhoseStreamThisNodeHasNotSeenYetWaitsForIt() throws Exception {
        lag = Duration.ofMinutes(1);
        Named stream = new Named("s");
        stream.readers++;
        FakeWritePath path = new FakeWritePath();
        onLoop(() -> hub().open(path, stream, request("all", "s-2")));
        settle();
        assertEquals(":\n\n", onLoop(() -> path.written.toString(UTF_8)));
        stream.make().append(3);
        settle();
        assertEquals(":\n\nid: s-3\ndata: 3\n\n", onLoop(() -> path.written.toString(UTF_8)));
    }

    @Test
    void aWaitingStreamsPositionIsThatBeforeItsFirstEvent() throws Exception {
        lag = Duration.ofMinutes(1);
        Named stream = new Named("s");
        stream.readers++;
        FakeWritePath path = new FakeWritePath();
        onLoop(() -> hub().open(path, stream, request("all", "none-0")));
        stream.make().append(1);
        settle();
        assertEquals("id: none-0\n\nid: s-1\ndata: 1\n\n", onLoop(() -> path.written.toString(UTF_8)));
    }

    // ---- on the loop

    private Hub hub() {
        Hub known = hub;
        if (known == null) {
            SseOptions options = SseOptions.DEFAULT.withHeartbeat(Duration.ZERO);
            known = new Hub(loop, options, lag, limits, new StreamListener() {}, new Subscribers(), clock);
            hub = known;
        }
        return known;
    }

    private Client open(Named stream, String replay, String... topics) throws Exception {
        return onLoop(() -> subscribe(stream, replay, topics));
    }

    private Client subscribe(Named stream, String replay, String... topics) {
        FakeWritePath path = new FakeWritePath();
        stream.readers++;
        SubscriptionRequest request =
                Wishes.lasting(Duration.ZERO, TopicFilter.of(List.of(topics)), null, Replay.parse(replay), "");
        return new Client(path, Objects.requireNonNull(hub().open(path, stream, request)));
    }

    private static SubscriptionRequest request(String replay, @Nullable String lastEventId) {
        return Wishes.lasting(Duration.ZERO, TopicFilter.ALL, lastEventId, Replay.parse(replay), "");
    }

    private static List<String> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(n -> "" + n).toList();
    }

    private void settle() throws Exception {
        Await.await("the hub is idle", () -> onLoop(() -> hub().isIdle()));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }
}
