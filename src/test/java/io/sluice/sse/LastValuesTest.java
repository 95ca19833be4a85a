package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.log.Bytes;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.History;
import io.sluice.log.JournalWriter;
import io.sluice.sse.SseOptions.Slow;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients of a stream whose history is short, and which keeps the newest event of each topic beyond it. Event n has the data n, and the
 * topic that the test says.
 */
class LastValuesTest {

    private static final EventId EMPTY = new EventId("v", 0);
    private static final int KEPT = 3;

    private final EventLoop loop = new DefaultEventLoop();
    private JournalWriter writer = writer(KEPT, 100);
    private Hub hub;

    @BeforeEach
    void begin() throws Exception {
        hub = hub(Slow.GAP);
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // ---- snapshot

    @ParameterizedTest
    @CsvSource({"'', 2 4 6 7 8", "b, 2", "'b,c', 2 4", "'b,z', 2", "*, 2 4 6 7 8", "'z', ''"})
    void aSnapshotHasTheNewestOfEachTopicHoweverOld(String topics, String events) throws Exception {
        publish("a", "b", "c", "c", "a", "d", "e", "a");
        assertEquals(
                events.isEmpty() ? "id: v-8\n\n" : events(events),
                open("snapshot", topics, null).take());
    }

    @ParameterizedTest
    @CsvSource({"last, '', 8", "last, b, ", "2, b, ", "none, '', ", "2, *, 7 8"})
    void anyOtherReplayIsOfTheHistoryAlone(String replay, String topics, @Nullable String events) throws Exception {
        publish("a", "b", "c", "c", "a", "d", "e", "a");
        assertEquals(
                events == null ? "id: v-8\n\n" : events(events),
                open(replay, topics, null).take());
    }

    @Test
    void aReplayOfAllIsCutAndOfTheHistoryAlone() throws Exception {
        publish("a", "b", "c", "c", "a", "d", "e", "a");
        assertEquals(gap(5, "null", 5) + events("6 7 8"), open("all", "", null).take());
    }

    @Test
    void aForgottenTopicIsNotInTheSnapshot() throws Exception {
        publish("a", "b", "c");
        forget("a");
        assertEquals(events("2 3"), open("snapshot", "", null).take(), "while the event is in the history");
        assertEquals(events("4"), open("last", "a", null).take());
        publish("d", "d", "d", "d");
        assertEquals(events("2 3 8"), open("snapshot", "", null).take(), "when it is gone");
    }

    @ParameterizedTest
    @CsvSource({"'', true", "a, true", "'b,c', false", "'a,b', true"})
    void aSnapshotOfTheHistoryAloneSaysThatTopicsAreMissing(String topics, boolean cut) throws Exception {
        writer = writer(KEPT, 0);
        publish("a", "b", "c", "b");
        String told = open("snapshot", topics, null).take();
        assertEquals(cut, told.startsWith("event: gap\n"), told);
        assertEquals(cut, told.contains("{\"after\":null,") && told.contains("\"lost\":null}"), told);
    }

    @Test
    void aSnapshotLacksNothingIfOnlyOlderEventsOfItsTopicsAreGone() throws Exception {
        writer = writer(KEPT, 0);
        publish("a", "a", "b", "a", "b", "c");
        assertEquals(events("4 5 6"), open("snapshot", "", null).take());
    }

    @Test
    void aSnapshotSaysNothingOfTopicsThatWentForTheirNumberButOfThoseThatTheNodeNeverGot() throws Exception {
        writer = writer(KEPT, 4);
        publish("a", "b", "c", "d", "e");
        assertEquals(events("2 3 4 5"), open("snapshot", "", null).take());
        writer.lackLatest(1);
        assertEquals(
                gap(1, "null", null) + events("2 3 4 5"),
                open("snapshot", "", null).take());
    }

    @Test
    void aSnapshotOfAnEmptyHistoryThatHadEventsIsAGap() throws Exception {
        writer = writer(KEPT, 0);
        writer.reset(Epochs.startingAt(EMPTY), 7, List.of(), List.of());
        assertEquals(
                "event: gap\nid: v-7\ndata: {\"after\":null,\"next\":null,\"lost\":null}\n\n",
                open("snapshot", "", null).take());
        assertEquals(
                "event: gap\nid: v-7\ndata: {\"after\":null,\"next\":null,\"lost\":7}\n\n",
                open("all", "", null).take());
    }

    @Test
    void howManyAreLostIsUnknownIfTheLogLostItsPast() throws Exception {
        writer = writer(KEPT, 0);
        Epochs epochs = Epochs.startingAt(EMPTY).startOver(new EventId("w", 5));
        writer.reset(epochs, 5, List.of(), List.of());
        assertEquals(
                "event: gap\nid: w-5\ndata: {\"after\":null,\"next\":null,\"lost\":null}\n\n",
                open("all", "", null).take());
    }

    // ---- resume

    @Test
    void whoResumesGetsTheGapThenWhatIsLeftThenTheHistory() throws Exception {
        publish("a", "b", "c", "c", "a", "d", "e", "a");
        assertEquals(
                gap(3, "\"v-2\"", 2) + events("4 6 7 8"),
                open("none", "", "v-2").take());
        assertEquals(
                gap(1, "\"v-0\"", 3) + events("2 4 6 7 8"),
                open("none", "", "v-0").take());
    }

    @Test
    void whoHasASnapshotHalfAndResumesMissesNothingThatIsKept() throws Exception {
        publish("a", "b", "c", "d", "e", "a", "b", "b");
        assertEquals(events("3 4 5 6 8"), open("snapshot", "", null).take());
        assertEquals(events("4 5 6 7 8"), open("none", "", "v-3").take(), "all of the rest is kept: no gap");
    }

    @Test
    void whoseIdIsUnknownGetsAllThatIsLeft() throws Exception {
        publish("a", "b", "c", "d", "e", "e");
        assertEquals(
                gap(0, "\"x-3\"", null) + events("1 2 3 4 5 6"),
                open("none", "", "x-3").take());
    }

    @Test
    void aResumingClientIsToldWhatToForget() throws Exception {
        publish("a", "b", "c");
        forget("a");
        publish("d");
        assertEquals(events("2 3 4 5"), open("none", "", "v-1").take());
    }

    @Test
    void aLimitedReaderGetsItsOwnThatAreLeftAndNoOtherId() throws Exception {
        publish("other", "mine.a", "mine.b", "mine.b", "other", "other", "other");
        String next = "event: gap\nid: v-1\ndata: {\"after\":\"v-0\",\"next\":\"v-2\",\"lost\":null}\n\n";
        for (String own : List.of("mine.>", "mine.a,mine.b")) {
            assertEquals(next + events("2 4"), limited("none", own, "v-0").take());
            assertEquals(events("2 4"), limited("snapshot", own, null).take());
        }
    }

    @Test
    void aLimitedReaderGetsWhatIsLeftOnceThoughNothingFollowsIt() throws Exception {
        publish("mine", "other", "other", "other", "other", "other");
        String gap = "event: gap\nid: v-1\ndata: {\"after\":\"v-0\",\"next\":\"v-1\",\"lost\":null}\n\n";
        assertEquals(
                gap.replace("id: v-1", "id: v-0") + events("1"),
                limited("none", "mine", "v-0").take());
        String again = limited("none", "mine", "v-1").take();
        assertEquals("event: gap\nid: v-1\ndata: {\"after\":\"v-1\",\"next\":null,\"lost\":null}\n\n", again);
    }

    // ---- lapped

    @Test
    void whoIsLappedGetsTheGapThenWhatIsLeft() throws Exception {
        publish("a");
        FakeWritePath path = open("last", "", null);
        assertEquals(events("1"), path.take());
        fill(path);
        publish("a", "b", "c", "c", "a", "d", "e", "a");
        drain(path);
        assertEquals(gap(2, "\"v-1\"", 3) + events("3 5 7 8 9"), path.take());
    }

    @Test
    void latestGivesTheNewestOfEachTopicThoseThatAreLeftToo() throws Exception {
        hub = hub(Slow.LATEST);
        publish("a");
        FakeWritePath path = open("last", "", null);
        assertEquals(events("1"), path.take());
        fill(path);
        publish("a", "b", "c", "c", "a");
        forget("d");
        publish("e", "e");
        drain(path);
        // 3 and 5 are left, 6 too; in the history the newest of d and e.
        assertEquals(gap(2, "\"v-1\"", 3) + events("3 5 6 7 9"), path.take());
        publish("b");
        assertEquals(events("10"), path.take());
    }

    @Test
    void whoseLeftEventsGoMeanwhileIsToldAgain() throws Exception {
        writer = writer(KEPT, 5);
        write(false, "x".repeat(Backlog.TURN_BYTES), "a", "b", "c", "d", "e", "z");
        FakeWritePath path = new FakeWritePath();
        path.onWrite = () -> path.full = true;
        Beginning unknown = new Beginning("x-1", null, Replay.LAST);
        onLoop(() ->
                hub.open(path, new FakeStream(writer.journal()), Wishes.beginning(unknown, TopicFilter.ALL, false)));
        settle();
        assertEquals(gap(1, "\"x-1\"", null) + "id: v-2\n", withoutData(path));
        // Of the topics that were left c goes too.
        publish("f", "g");
        path.onWrite = () -> {};
        drain(path);
        assertEquals(gap(3, "\"v-2\"", null) + "id: v-4\nid: v-5\nid: v-6\n" + events("7 8"), withoutData(path));
    }

    @Test
    void whoseLeftEventsGetSuccessorsMeanwhileIsToldHowMany() throws Exception {
        write(false, "x".repeat(Backlog.TURN_BYTES), "a", "b", "c", "d", "e", "z");
        FakeWritePath path = new FakeWritePath();
        path.onWrite = () -> path.full = true;
        Beginning had = new Beginning("v-0", null, Replay.LAST);
        onLoop(() -> hub.open(path, new FakeStream(writer.journal()), Wishes.beginning(had, TopicFilter.ALL, false)));
        settle();
        assertEquals("id: v-1\n", withoutData(path), "all is kept: no gap");
        publish("b", "c");
        path.onWrite = () -> {};
        drain(path);
        assertEquals(gap(3, "\"v-1\"", 2) + "id: v-4\nid: v-5\nid: v-6\n" + events("7 8"), withoutData(path));
    }

    private static String withoutData(FakeWritePath path) {
        return path.take().replaceAll("data: x+\n\n", "");
    }

    // ---- a time

    @Test
    void atATimeThatReachesBehindTheHistoryItBeginsWithAGap() throws Exception {
        publish("a", "a", "a");
        Instant first = Instant.EPOCH;
        assertEquals(events("1 2 3"), since(first, false).take(), "nothing was dropped");
        publish("b");
        assertEquals(gap(1, "null", null) + events("2 3 4"), since(first, false).take());
        assertEquals(events("4"), since(time(4), false).take());
        assertEquals(events("2 3 4"), since(time(2), false).take(), "the dropped one was before");
        assertEquals("id: v-4\n\n", since(time(5), false).take());
    }

    @Test
    void aLimitedReaderAtATimeBeginsWithAGapToo() throws Exception {
        publish("a", "b", "a", "b");
        assertEquals(gap(2, "null", null) + events("3"), since(time(1), true).take());
    }

    // ---- the rest

    private static Instant time(int n) {
        return Instant.EPOCH.plusSeconds(n);
    }

    private FakeWritePath since(Instant since, boolean limited) throws Exception {
        TopicFilter filter = limited ? TopicFilter.of(List.of("a")) : TopicFilter.ALL;
        return open(Wishes.beginning(new Beginning(null, since, Replay.LAST), filter, limited));
    }

    private FakeWritePath open(String replay, String topics, @Nullable String id) throws Exception {
        return open(Wishes.beginning(new Beginning(id, null, Replay.parse(replay)), filter(topics), false));
    }

    private FakeWritePath limited(String replay, String topics, @Nullable String id) throws Exception {
        return open(Wishes.beginning(new Beginning(id, null, Replay.parse(replay)), filter(topics), true));
    }

    private static TopicFilter filter(String topics) {
        return topics.isEmpty() ? TopicFilter.ALL : TopicFilter.of(List.of(topics.split(",")));
    }

    private FakeWritePath open(SubscriptionRequest request) throws Exception {
        FakeWritePath path = new FakeWritePath();
        onLoop(() -> Objects.requireNonNull(hub.open(path, new FakeStream(writer.journal()), request)));
        settle();
        return path;
    }

    private void fill(FakeWritePath path) throws Exception {
        onLoop(() -> path.full = true);
    }

    private void drain(FakeWritePath path) throws Exception {
        onLoop(() -> {
            path.full = false;
            path.drained.run();
            return true;
        });
        settle();
    }

    private void publish(String... topics) throws Exception {
        write(false, null, topics);
    }

    private void forget(String topic) throws Exception {
        write(true, null, topic);
    }

    private void write(boolean forget, @Nullable String data, String... topics) throws Exception {
        List<Event> events = new ArrayList<>();
        int n = (int) writer.journal().head();
        for (String topic : topics) {
            n++;
            String text = data == null ? "" + n : data;
            events.add(new Event(EMPTY.at(n), time(n), topic, null, Bytes.of(text), forget));
        }
        writer.append(events);
        settle();
    }

    private static String events(String numbers) {
        StringBuilder text = new StringBuilder();
        for (String n : numbers.split(" ", -1)) {
            text.append("id: v-").append(n).append("\ndata: ").append(n).append("\n\n");
        }
        return text.toString();
    }

    private static String gap(int before, String after, @Nullable Integer lost) {
        return "event: gap\nid: v-" + before + "\ndata: {\"after\":" + after + ",\"next\":\"v-" + (before + 1)
                + "\",\"lost\":" + lost + "}\n\n";
    }

    private static JournalWriter writer(int events, int latest) {
        JournalWriter writer = new JournalWriter(History.of(events, null, null, latest), InstantSource.system());
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of(), List.of());
        return writer;
    }

    private Hub hub(Slow slow) throws Exception {
        SseOptions options = SseOptions.DEFAULT
                .withLifetime(Duration.ZERO)
                .withHeartbeat(Duration.ZERO)
                .withSlow(slow);
        return onLoop(() -> UnlimitedHub.on(loop, options, Duration.ZERO, System::nanoTime));
    }

    private void settle() throws Exception {
        if (hub != null) {
            Await.await("the hub is idle", () -> onLoop(() -> hub.isIdle()));
        }
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        return loop.submit(task).get(30, TimeUnit.SECONDS);
    }
}
