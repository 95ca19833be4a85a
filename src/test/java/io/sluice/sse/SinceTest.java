package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.CloseReason;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that begin at a time. Event n of the stream is n seconds younger than its first moment. */
class SinceTest {

    private static final EventId EMPTY = new EventId("s", 0);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MANY = 100_000;

    private final EventLoop loop = new DefaultEventLoop();
    private final LookClock clock = new LookClock();
    private JournalWriter writer = writer(MANY);
    private Hub hub = hub(Slow.GAP);

    SinceTest() throws Exception {}

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // ---- where it begins

    @ParameterizedTest
    @CsvSource({"0, 1 2 3 4", "1, 1 2 3 4", "2, 2 3 4", "3, 3 4", "4, 4"})
    void theFirstEventIsTheFirstOfTheTimeOrLater(int since, String events) throws Exception {
        publish("a", "b", "a", "b");
        assertEquals(events(events), open(since, "").take());
    }

    @Test
    void theFirstOneOfTheTimeBeginsItAlsoIfLaterOnesAreOlder() throws Exception {
        publish("a", "a", "a");
        writer.append(List.of(event(4, 1, "a"), event(5, 5, "a")));
        assertEquals(events("3 4 5"), open(3, "").take());
    }

    @Test
    void aFilterPassesWhatItPasses() throws Exception {
        publish("a", "b", "a", "b");
        assertEquals(events("4"), open(3, "b").take());
        assertEquals("id: s-4\n\n", open(2, "c").take());
    }

    @ParameterizedTest
    @CsvSource({"9", "2000000000"})
    void atATimeWithoutEventsItStandsAtTheHeadAndGetsTheLiveOnes(int since) throws Exception {
        publish("a", "b");
        FakeWritePath path = open(since, "");
        assertEquals("id: s-2\n\n", path.take());
        publish("a");
        assertEquals(events("3"), path.take(), "also if the time is still to come");
    }

    @Test
    void anEmptyStreamGivesItsPosition() throws Exception {
        assertEquals("id: s-0\n\n", open(1, "").take());
    }

    @Test
    void theIdWins() throws Exception {
        publish("a", "a", "a");
        Beginning both = new Beginning("s-1", BEGIN.plusSeconds(3), Replay.LAST);
        assertEquals(events("2 3"), open(both, "", false).path.take());
    }

    // ---- a reader whose rights are limited

    @Test
    void aLimitedReaderStandsAtItsOwnNewestBeforeTheTime() throws Exception {
        publish("mine.a", "other", "mine.b", "other", "mine.b");
        for (String own : List.of("mine.>", "mine.a,mine.b")) {
            assertEquals("id: s-1\n\n" + events("3 5"), limited(2, own).take());
            assertEquals("id: s-5\n\n", limited(6, own).take());
            assertEquals("id: s-0\n\n" + events("1 3 5"), limited(1, own).take());
        }
    }

    // ---- in turns

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aLongHistoryIsSkippedInTurnsAndUntilThenNoPositionIsTold(boolean limited) throws Exception {
        writer.append(List.of(event(1, 1, "mine.first")));
        many(2, MANY - 1, "other");
        writer.append(List.of(event(MANY, MANY, "mine.last")));
        LookClock.Stranger stranger = clock.stranger(loop);
        Client client = open(new Beginning(null, BEGIN.plusSeconds(MANY - 1), Replay.LAST), "mine.>", limited);
        long longest = stranger.stop();
        String before = limited ? "id: s-1\n\n" : "";
        assertEquals(":\n\n" + before + "id: s-" + MANY + "\ndata: mine.last\n\n", client.path.take());
        assertTrue(clock.looks.get() > MANY / 64, "it looked at the clock " + clock.looks + " times");
        assertTrue(longest <= LookClock.TURN, "a turn worked for " + longest + " ms");
    }

    @Test
    void whoLeavesWhileItIsSkippedHasNoPosition() throws Exception {
        many(1, MANY, "a");
        String left = onLoop(() -> {
            Client client = begin(new Beginning(null, BEGIN.plusSeconds(MANY), Replay.LAST), "", false);
            hub.close(client.subscription, CloseReason.LIFETIME);
            return client.path.take();
        });
        assertTrue(left.matches(":\n\nretry: \\d+\nevent: close\ndata: \\{}\n\n"), left);
    }

    // ---- the rest

    private record Client(FakeWritePath path, Subscription subscription) {}

    private FakeWritePath open(int since, String topics) throws Exception {
        return open(new Beginning(null, BEGIN.plusSeconds(since), Replay.LAST), topics, false).path;
    }

    private FakeWritePath limited(int since, String topics) throws Exception {
        return open(new Beginning(null, BEGIN.plusSeconds(since), Replay.LAST), topics, true).path;
    }

    private Client open(Beginning beginning, String topics, boolean limited) throws Exception {
        Client client = onLoop(() -> begin(beginning, topics, limited));
        settle();
        return client;
    }

    private Client begin(Beginning beginning, String topics, boolean limited) {
        TopicFilter filter = topics.isEmpty() ? TopicFilter.ALL : TopicFilter.of(List.of(topics.split(",")));
        FakeWritePath path = new FakeWritePath();
        SubscriptionRequest request = Wishes.beginning(beginning, filter, limited);
        return new Client(path, Objects.requireNonNull(hub.open(path, new FakeStream(writer.journal()), request)));
    }

    private void publish(String... topics) throws Exception {
        for (String topic : topics) {
            int n = (int) writer.journal().head() + 1;
            writer.append(List.of(event(n, n, topic)));
        }
        settle();
    }

    private void many(int from, int to, String topic) {
        List<Event> events = new ArrayList<>();
        for (int n = from; n <= to; n++) {
            events.add(event(n, n, topic));
        }
        writer.append(events);
    }

    private static Event event(int n, int second, String topic) {
        return Event.of(EMPTY.at(n), BEGIN.plusSeconds(second), new NewEvent(topic, null, topic));
    }

    private String events(String numbers) {
        StringBuilder text = new StringBuilder();
        for (String n : numbers.split(" ", -1)) {
            Journal.@Nullable Entry entry = writer.journal().read(Long.parseLong(n));
            String topic = Objects.requireNonNull(entry).event().topic();
            text.append("id: s-").append(n).append("\ndata: ").append(topic).append("\n\n");
        }
        return text.toString();
    }

    private static JournalWriter writer(int events) {
        JournalWriter writer = new JournalWriter(History.of(events, null, null), InstantSource.system());
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of(), List.of());
        return writer;
    }

    private Hub hub(Slow slow) throws Exception {
        SseOptions options = SseOptions.DEFAULT
                .withLifetime(Duration.ZERO)
                .withHeartbeat(Duration.ZERO)
                .withSlow(slow);
        return onLoop(() -> UnlimitedHub.on(loop, options, Duration.ZERO, clock));
    }

    private void settle() throws Exception {
        Await.await("the hub is idle", () -> onLoop(() -> hub.isIdle()));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }
}
