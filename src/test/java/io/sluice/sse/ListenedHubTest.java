package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.JournalWriter;
import io.sluice.log.NewEvent;
import io.sluice.stream.CloseReason;
import io.sluice.stream.ResumeResult;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a hub tells of those who come back, of those who are behind, and of how late events are written. */
class ListenedHubTest {

    private static final EventId EMPTY = new EventId("s", 0);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int KEPT = 3;
    private static final Beginning LIVE = Beginning.with(Replay.parse("none"));

    private final EventLoop loop = new DefaultEventLoop();
    private final JournalWriter writer = new JournalWriter(History.of(KEPT, null, null), InstantSource.system());
    private final Recorder told = new Recorder();
    private Hub hub;

    ListenedHubTest() throws Exception {
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of(), List.of());
        hub = hub(Duration.ZERO);
    }

    /** @param lag how long a client may wait for its id */
    private Hub hub(Duration lag) throws Exception {
        SseOptions options = SseOptions.DEFAULT.withLifetime(Duration.ZERO).withHeartbeat(Duration.ZERO);
        return onLoop(() ->
                new Hub(loop, options, lag, SubscriptionLimits.of(0, 0), told, new Subscribers(), System::nanoTime));
    }

    private static final class Recorder implements StreamListener {

        final List<ResumeResult> resumed = new ArrayList<>();
        final List<Long> written = new ArrayList<>();
        final List<Integer> changes = new ArrayList<>();
        long delivered;

        @Override
        public void resumed(ResumeResult result) {
            resumed.add(result);
        }

        @Override
        public void behind(int change) {
            changes.add(change);
        }

        @Override
        public void written(long nanos) {
            written.add(nanos);
        }

        @Override
        public void delivered(long events, long bytes) {
            delivered += events;
        }

        int behind() {
            return changes.stream().mapToInt(Integer::intValue).sum();
        }
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // ---- who comes back

    @ParameterizedTest
    @CsvSource({
        "s-6, '', EXACT",
        "s-5, '', EXACT",
        "s-3, '', EXACT",
        "s-1, '', GAP",
        "s-1, t, UNKNOWN",
        "s-5, t, EXACT",
        "other-5, '', UNKNOWN",
        "nonsense, '', UNKNOWN"
    })
    void whoComesBackWithAnIdIsToldOneOfThree(String id, String topic, ResumeResult result) throws Exception {
        publish(6);
        open(new Beginning(id, null, Replay.LAST), topic);
        assertEquals(List.of(result), told.resumed);
    }

    @Test
    void whoComesBackForATimeIsToldWhetherAllOfItIsThere() throws Exception {
        publish(6);
        open(new Beginning(null, BEGIN.plusSeconds(5), Replay.LAST), "");
        open(new Beginning(null, BEGIN.plusSeconds(1), Replay.LAST), "");
        assertEquals(List.of(ResumeResult.EXACT, ResumeResult.UNKNOWN), told.resumed);
    }

    @Test
    void whoIsAheadOfThisNodeIsToldWhenTheNodeHasTheEvent() throws Exception {
        hub = hub(Duration.ofMinutes(1));
        publish(1);
        open(new Beginning("s-3", null, Replay.LAST), "");
        assertEquals(List.of(), told.resumed);
        assertEquals(1, told.behind());
        publish(2);
        assertEquals(List.of(ResumeResult.EXACT), told.resumed);
        assertEquals(0, told.behind());
    }

    @Test
    void whoDoesNotComeBackHasNoResult() throws Exception {
        publish(6);
        open(Beginning.with(Replay.LAST), "");
        open(Beginning.with(Replay.parse("all")), "");
        assertEquals(List.of(), told.resumed);
    }

    // ---- who is behind

    @Test
    void oneThatIsLiveIsNotBehind() throws Exception {
        publish(6);
        open(Beginning.with(Replay.parse("all")), "");
        publish(2);
        assertEquals(0, told.behind());
    }

    @Test
    void oneWhoseSocketIsFullIsBehindUntilItHasAll() throws Exception {
        Client slow = open(Beginning.with(Replay.LAST), "");
        slow.path.full = true;
        publish(2);
        assertEquals(1, told.behind());
        slow.path.full = false;
        slow.path.drained.run();
        settle();
        assertEquals(0, told.behind());
    }

    @Test
    void oneThatGoesIsBehindNoMore() throws Exception {
        Client slow = open(Beginning.with(Replay.LAST), "");
        slow.path.full = true;
        publish(1);
        assertEquals(1, told.behind());
        onLoop(() -> {
            hub.close(slow.subscription, CloseReason.GONE);
            return null;
        });
        assertEquals(0, told.behind());
    }

    // ---- how late events are

    @Test
    void aSliceIsTimedOnceForAllThatGetIt() throws Exception {
        for (int i = 0; i < 20; i++) {
            open(LIVE, "");
        }
        long before = System.nanoTime();
        publish(1);
        long most = System.nanoTime() - before;
        assertEquals(20, told.delivered);
        assertEquals(1, told.written.size());
        assertTrue(told.written.get(0) >= 0 && told.written.get(0) <= most, told.written + " of " + most);
    }

    @Test
    void whatNobodyIsToGetIsNotTimed() throws Exception {
        open(LIVE, "other");
        publish(1);
        assertEquals(List.of(), told.written);
    }

    @Test
    void whoReadsAloneIsNotTimed() throws Exception {
        publish(3);
        open(Beginning.with(Replay.parse("all")), "");
        Client slow = open(LIVE, "other");
        slow.path.full = true;
        publish(1, "other");
        assertEquals(1, told.written.size(), "for the first one");
        slow.path.full = false;
        slow.path.drained.run();
        settle();
        assertEquals(5, told.delivered);
        assertEquals(1, told.written.size());
    }

    @Test
    void whoWantsARateIsNotTimed() throws Exception {
        long second = TimeUnit.SECONDS.toNanos(1);
        open(Wishes.rated(TopicFilter.ALL, second, Duration.ZERO, LIVE));
        publish(1);
        Await.await("it was written the event", () -> onLoop(() -> told.delivered == 1));
        assertEquals(List.of(), told.written);
    }

    // ---- the rest

    private record Client(FakeWritePath path, Subscription subscription) {}

    private Client open(Beginning beginning, String topic) throws Exception {
        TopicFilter filter = topic.isEmpty() ? TopicFilter.ALL : TopicFilter.of(List.of(topic));
        return open(Wishes.beginning(beginning, filter, false));
    }

    private Client open(SubscriptionRequest request) throws Exception {
        FakeWritePath path = new FakeWritePath();
        @Nullable Subscription opened = onLoop(() -> hub.open(path, new FakeStream(writer.journal()), request));
        settle();
        return new Client(path, Objects.requireNonNull(opened));
    }

    private void publish(int count) throws Exception {
        publish(count, "t");
    }

    private void publish(int count, String topic) throws Exception {
        for (int i = 0; i < count; i++) {
            int n = (int) writer.journal().head() + 1;
            Event event = Event.of(EMPTY.at(n), BEGIN.plusSeconds(n), new NewEvent(topic, null, "data"));
            writer.append(List.of(event));
            settle();
        }
    }

    private void settle() throws Exception {
        Await.await("the hub is idle", () -> onLoop(() -> hub.isIdle()));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }
}
