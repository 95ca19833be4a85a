package io.sluice.sse;

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
import io.sluice.sse.SseOptions.Slow;
import io.sluice.stream.CloseReason;
import io.sluice.stream.TopicFilter;
import io.sluice.testing.Await;
import io.sluice.testing.client.SseBlock;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client whose rights are limited to topics learns of no other event: not its data, its topic or its id, and not how many there are.
 * And it misses none of its own without being told.
 */
class LimitedReaderTest {

    private static final EventId EMPTY = new EventId("own", 0);
    private static final int KEPT = 12;
    private static final long UNKNOWN = -1;
    private static final Pattern IDS = Pattern.compile("\\b(own|next|else)-\\d+");
    private static final List<String> TOPICS = List.of("mine.a", "mine.b", "mine.c.d", "other.a", "other.b", "minor");

    private final EventLoop loop = new DefaultEventLoop();
    private JournalWriter writer;
    private Journal journal;

    /** Of how many topics the newest event is kept beyond the history. */
    private int latest;

    private final Map<Long, String> published = new TreeMap<>();
    private TopicFilter filter = TopicFilter.of(List.of("mine.>"));
    private Hub hub;

    @BeforeEach
    void begin() throws Exception {
        renew();
        hub = hub(Slow.GAP);
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // ---- the opening

    @ParameterizedTest
    @CsvSource({"mine.>, 2", "mine.a, 1", "mine.b, 2", "mine.c.*, 0"})
    void aClientThatWantsNoHistoryStandsAtItsNewestEvent(String topics, int position) throws Exception {
        filter = TopicFilter.of(List.of(topics));
        publish("mine.a", "mine.b", "other.a", "other.a");
        assertEquals("id: own-" + position + "\n\n", open("none", null).take());
    }

    @ParameterizedTest
    @CsvSource({"none", "last", "all", "5", "snapshot"})
    void aClientWithoutAnEventStandsAtTheBeginning(String replay) throws Exception {
        for (String topics : List.of("mine.>", "mine.a")) {
            filter = TopicFilter.of(List.of(topics));
            renew();
            publish("other.a", "other.b", "minor");
            Client client = open(replay, null);
            assertEquals("id: own-0\n\n", client.take());
            publish("other.a", "mine.a");
            assertEquals(event(5), client.take());
            publish("other.b");
            assertEquals("", client.take());
        }
    }

    @Test
    void theBeginningOfAWholeStreamIsExact() throws Exception {
        publish("other.a");
        assertEquals("id: own-0\n\n", open("none", null).take());
        publish("other.a", "mine.a", "other.a");
        assertEquals(event(3), open("none", "own-0").take());
    }

    @Test
    void theBeginningOfAStreamThatHasForgottenSomeIsAGap() throws Exception {
        publish(IntStream.range(0, 2 * KEPT).mapToObj(i -> "other.a").toArray(String[]::new));
        assertEquals("id: own-0\n\n", open("none", null).take());
        assertEquals(
                "event: gap\nid: own-0\ndata: {\"after\":\"own-0\",\"next\":null,\"lost\":null}\n\n",
                open("none", "own-0").take());
    }

    // ---- a resume

    @Test
    void aReplayOfAllThatIsCutNamesTheFirstOfItsOwnEvents() throws Exception {
        publish(IntStream.range(0, KEPT).mapToObj(i -> "other.a").toArray(String[]::new));
        publish("mine.a", "other.a");
        assertEquals(
                "event: gap\nid: own-12\ndata: {\"after\":null,\"next\":\"own-13\",\"lost\":null}\n\n" + event(13),
                open("all", null).take());
        filter = TopicFilter.of(List.of("mine.b"));
        assertEquals(
                "event: gap\nid: own-0\ndata: {\"after\":null,\"next\":null,\"lost\":null}\n\n",
                open("all", null).take());
    }

    @Test
    void aResumeGoesOnBehindTheEventOfAnother() throws Exception {
        publish("mine.a", "other.a", "mine.b", "other.a");
        assertEquals(event(3), open("none", "own-2").take());
        assertEquals(":\n\n", open("none", "own-4").take());
    }

    @Test
    void aGapNamesTheFirstOfItsOwnEvents() throws Exception {
        publish("mine.a", "other.a");
        publish(IntStream.range(0, KEPT).mapToObj(i -> "other.a").toArray(String[]::new));
        publish("mine.b", "other.b");
        assertEquals(
                "event: gap\nid: own-14\ndata: {\"after\":\"own-1\",\"next\":\"own-15\",\"lost\":null}\n\n" + event(15),
                open("none", "own-1").take());
        assertEquals(
                "event: gap\nid: own-14\ndata: {\"after\":\"else-7\",\"next\":\"own-15\",\"lost\":null}\n\n"
                        + event(15),
                open("none", "else-7").take());
    }

    @Test
    void aGapIsToldWithTheFirstEventThatFollowsAlsoIfItIsFarAway() throws Exception {
        JournalWriter large = new JournalWriter(History.of(100_000, null, null), InstantSource.system());
        large.reset(Epochs.startingAt(new EventId("own", 1000)), 1000, List.of());
        List<Event> many = new ArrayList<>();
        for (int n = 1001; n < 90_000; n++) {
            many.add(Event.of(EMPTY.at(n), Instant.now(), new NewEvent("other.a", null, "other.a")));
        }
        large.append(many);
        large.append(List.of(Event.of(EMPTY.at(90_000), Instant.now(), new NewEvent("mine.a", null, "mine.a 90000"))));
        Client client = open(large.journal(), "none", "own-3");
        assertEquals(
                ":\n\nevent: gap\nid: own-89999\ndata: {\"after\":\"own-3\",\"next\":\"own-90000\",\"lost\":null}\n\n"
                        + event(90_000, "mine.a"),
                client.take());
        Client standing = open(large.journal(), "none", null);
        assertEquals("id: own-90000\n\n", standing.take());
    }

    @Test
    void theOpeningOfAClientThatWantsNoHistoryIsSearchedForInTurns() throws Exception {
        JournalWriter large = new JournalWriter(History.of(100_000, null, null), InstantSource.system());
        large.reset(Epochs.startingAt(EMPTY), 0, List.of());
        List<Event> many = new ArrayList<>();
        many.add(Event.of(EMPTY.at(1), Instant.now(), new NewEvent("mine.a", null, "mine.a 1")));
        for (int n = 2; n < 90_000; n++) {
            many.add(Event.of(EMPTY.at(n), Instant.now(), new NewEvent("other.a", null, "other.a")));
        }
        large.append(many);
        assertEquals(":\n\nid: own-1\n\n", open(large.journal(), "none", null).take());
        filter = TopicFilter.of(List.of("mine.a"));
        assertEquals("id: own-1\n\n", open(large.journal(), "none", null).take());
    }

    @Test
    void anIdOfAnotherEpochIsNotToldWithAGap() throws Exception {
        publish("mine.a", "other.a");
        EventId next = new EventId("next", 3);
        writer.reset(
                Epochs.startingAt(EMPTY).goOn(next),
                2,
                List.of(Event.of(next, Instant.now(), new NewEvent("mine.a", null, "mine.a 3"))));
        assertEquals("""
                event: gap
                id: next-2
                data: {"after":"else-1","next":"next-3","lost":null}

                id: next-3
                data: mine.a 3

                """, open("none", "else-1").take());
    }

    /** It has seen another node, which is faster than this one. */
    @Test
    void aClientThatIsAheadOfThisNodeIsToldNoPosition() throws Exception {
        hub = hub(Slow.GAP, Duration.ofMinutes(1));
        publish("mine.a");
        Client client = open("none", "own-3");
        assertEquals(":\n\n", client.take());
        publish("other.a");
        beat(client);
        assertEquals(":\n\n", client.take());
        publish("other.a", "other.b", "mine.b");
        assertEquals(event(5), client.take());
    }

    // ---- how far the stream reaches

    @ParameterizedTest
    @CsvSource({"mine.>, 2, 5", "mine.a, 2, 2", "mine.*, 2, 5", "absent, , 0", "absent.>, , 0"})
    void theExtentOfTheStreamIsThatOfItsOwnEvents(String topics, @Nullable Integer first, int last) throws Exception {
        publish("other.a", "mine.a", "other.a", "other.b", "mine.b", "other.a");
        assertEquals(extent(first, last), StreamExtent.of(journal, TopicFilter.of(List.of(topics)), true));
        assertEquals(extent(1, 6), StreamExtent.of(journal, TopicFilter.of(List.of(topics)), false));
    }

    @Test
    void whatIsFarAwayIsNotLookedFor() {
        JournalWriter large = new JournalWriter(History.of(100_000, null, null), InstantSource.system());
        large.reset(Epochs.startingAt(EMPTY), 0, List.of());
        List<Event> many = new ArrayList<>();
        for (int n = 1; n <= 50_000; n++) {
            String topic = n == 25_000 ? "mine.a" : "other.a";
            many.add(Event.of(EMPTY.at(n), Instant.now(), new NewEvent(topic, null, "x")));
        }
        large.append(many);
        assertEquals(new StreamExtent(null, null, false), StreamExtent.of(large.journal(), filter, true));
        TopicFilter exact = TopicFilter.of(List.of("mine.a"));
        assertEquals(extent(null, 25_000), StreamExtent.of(large.journal(), exact, true));
    }

    private static StreamExtent extent(@Nullable Integer first, long last) {
        return new StreamExtent(first == null ? null : EMPTY.at(first), EMPTY.at(last), false);
    }

    // ---- while it is connected

    @Test
    void neitherAHeartbeatNorTheEndTellsItAPosition() throws Exception {
        publish("mine.a");
        Client client = open("last", null);
        assertEquals(event(1), client.take());
        publish("other.a", "other.b");
        beat(client);
        assertEquals(":\n\n", client.take());
        close(client, CloseReason.EXPIRED);
        assertTrue(client.take().matches("retry: \\d+\nevent: close\ndata: \\{\"reason\":\"expired\"}\n\n"));
    }

    @Test
    void aClientThatWasTooSlowIsToldNoNumber() throws Exception {
        publish("mine.a");
        Client client = open("last", null);
        assertEquals(event(1), client.take());
        fill(client);
        publish(IntStream.range(0, 2 * KEPT).mapToObj(i -> "other.a").toArray(String[]::new));
        publish("mine.b", "other.b");
        drain(client);
        long next = 2 * KEPT + 2;
        assertEquals(gap("own-1", next) + event(next), client.take());
    }

    @ParameterizedTest
    @CsvSource({"GAP", "LATEST"})
    void aClientThatWasTooSlowForOthersOnlyIsToldOfNone(Slow slow) throws Exception {
        hub = hub(slow);
        publish("mine.a");
        Client client = open("last", null);
        assertEquals(event(1), client.take());
        fill(client);
        // The first one makes it fall behind.
        publish("mine.b");
        publish(IntStream.range(0, 2 * KEPT).mapToObj(i -> "other.a").toArray(String[]::new));
        drain(client);
        assertEquals(
                "event: gap\nid: own-0\ndata: {\"after\":\"own-1\",\"next\":null,\"lost\":null}\n\n", client.take());
        publish("other.a", "mine.c.d");
        assertEquals(event(journal.head()), client.take());
    }

    // ---- the end of the stream

    @Test
    void aClientThatHasAllOfAStreamThatHasEndedComesBackForNothing() throws Exception {
        publish("mine.a", "other.a");
        Client client = open("all", null);
        assertEquals(event(1), client.take());
        writer.end();
        settle();
        assertTrue(client.take().matches("id: end-0\nretry: \\d+\nevent: close\ndata: \\{\"reason\":\"end\"}\n\n"));
        for (String topics : List.of("mine.>", "mine.a")) {
            TopicFilter own = TopicFilter.of(List.of(topics));
            assertTrue(StartPosition.isAtEnd(journal, own, Positions.OWN, "end-0"));
            assertTrue(StartPosition.isAtEnd(journal, own, Positions.OWN, "own-1"));
            assertTrue(StartPosition.isAtEnd(journal, own, Positions.OWN, "own-2"));
            assertFalse(StartPosition.isAtEnd(journal, own, Positions.OWN, "own-0"));
            assertFalse(StartPosition.isAtEnd(journal, own, Positions.OWN, "own-3"));
            assertFalse(StartPosition.isAtEnd(journal, own, Positions.OWN, null));
            assertFalse(StartPosition.isAtEnd(journal, own, Positions.ANY, "own-1"));
        }
    }

    @Test
    void aStreamThatHasNotEndedIsNotAtItsEndForAnybody() throws Exception {
        publish("mine.a");
        assertFalse(StartPosition.isAtEnd(journal, filter, Positions.OWN, "end-0"));
        assertFalse(StartPosition.isAtEnd(journal, filter, Positions.OWN, "own-1"));
        assertTrue(open("none", "end-0").take().startsWith("event: gap\nid: own-0\ndata: {\"after\":\"end-0\""));
    }

    // ---- whatever happens

    static Stream<Arguments> sequences() {
        return Stream.of(Slow.GAP, Slow.LATEST, Slow.CLOSE)
                .flatMap(slow -> Stream.of("mine.>", "mine.a,mine.b", "mine.*,mine.c.d", "*.c.d,mine.a", "absent.>")
                        .map(topics -> Arguments.of(slow, topics)));
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void noByteTellsOfAnotherEventAndNoOwnEventIsMissed(Slow slow, String topics) throws Exception {
        filter = TopicFilter.of(List.of(topics.split(",")));
        for (int seed = 0; seed < 8; seed++) {
            latest = seed % 2 * TOPICS.size();
            renew();
            hub = hub(slow);
            new Story(new Random(seed), slow).tell(150);
        }
    }

    /** One client that comes and goes, while others publish. */
    private final class Story {

        private final Random random;
        private final Slow slow;
        private final Set<String> said = new HashSet<>();
        private @Nullable String lastEventId;
        private @Nullable Client client;

        // It has all of its own up to here, or was told that some are lost. Unknown after an opening without an id.
        private long had;

        // It gets the newest of its own after this.
        private long owedAfter;
        private boolean gap;
        private boolean opening;
        private boolean comesBack;
        private final Set<Long> received = new HashSet<>();
        private int openings;
        private int gaps;

        Story(Random random, Slow slow) {
            this.random = random;
            this.slow = slow;
        }

        void tell(int steps) throws Exception {
            for (int i = 0; i < steps; i++) {
                step();
                settle();
                read();
                assertHasTheNewest();
            }
            assertTrue(openings > 5 && (gaps > 0 || filter.matches("absent.a")), openings + " openings, " + gaps);
        }

        private void step() throws Exception {
            Client known = client;
            if (known == null || known.subscription.isClosed()) {
                come();
                return;
            }
            switch (random.nextInt(12)) {
                case 0 -> close(known, CloseReason.GONE);
                case 1 -> close(known, CloseReason.LIFETIME);
                case 2 -> beat(known);
                case 3, 4 -> fill(known);
                case 5, 6, 7 -> drain(known);
                default ->
                    publish(random.ints(1 + random.nextInt(5), 0, TOPICS.size())
                            .mapToObj(TOPICS::get)
                            .toArray(String[]::new));
            }
        }

        private void come() throws Exception {
            openings++;
            opening = true;
            gap = false;
            int choice = random.nextInt(10);
            if (choice == 0) {
                lastEventId = null;
            } else if (choice == 1) {
                lastEventId = "own-" + random.nextInt((int) journal.head() + 3);
            } else if (choice == 2) {
                lastEventId = "else-" + random.nextInt(9);
            }
            comesBack = lastEventId != null;
            if (lastEventId != null) {
                said.add(lastEventId);
            }
            had = known(lastEventId);
            owedAfter = had == UNKNOWN ? journal.head() : had;
            received.clear();
            String replay = List.of("none", "last", "all", "3", "snapshot").get(random.nextInt(5));
            client = open(replay, lastEventId);
        }

        /** The number of an id of the stream that is not ahead of it. */
        private long known(@Nullable String text) {
            EventId id = text == null ? null : EventId.parse(text);
            return id != null && id.epoch().equals("own") && id.n() <= journal.head() ? id.n() : UNKNOWN;
        }

        private void read() {
            Client known = Objects.requireNonNull(client);
            for (SseBlock block : SseBlock.parse(known.take())) {
                assertOwn(block);
                if (block.id() != null) {
                    lastEventId = block.id();
                }
                if ("gap".equals(block.event())) {
                    gap = true;
                    gaps++;
                    assertGap(block);
                } else if (block.data() != null && block.event() == null) {
                    take(block.n());
                } else if (block.id() != null && opening && had == UNKNOWN) {
                    had = block.n();
                    assertStands(block.n());
                }
                opening = false;
            }
        }

        /** Of the conflated ones too. */
        private void assertOwn(SseBlock block) {
            String text = block.text();
            TOPICS.stream()
                    .filter(topic -> !filter.matches(topic))
                    .forEach(topic -> assertFalse(text.contains(topic), text));
            boolean isGap = "gap".equals(block.event());
            Matcher ids = IDS.matcher(text);
            while (ids.find()) {
                String id = ids.group();
                long n = Long.parseLong(id.substring(id.indexOf('-') + 1));
                boolean justBeforeNext = isGap && isOwn(n + 1) && text.contains("\"next\":\"own-" + (n + 1) + "\"");
                boolean echo = isGap && text.contains("\"after\":\"" + id + "\"") && said.contains(id);
                assertTrue(n == 0 || isOwn(n) || justBeforeNext || echo, text);
            }
        }

        private void assertGap(SseBlock block) {
            JsonObject told = new JsonObject(Objects.requireNonNull(block.data()));
            assertEquals(Set.of("after", "next", "lost"), told.fieldNames());
            assertEquals(null, told.getValue("lost"));
            // Without an id before: the replay of all is cut.
            assertTrue(told.getString("after") != null || (opening && !comesBack));
        }

        /** At the opening without an event: at the newest own one that is kept, or at the beginning. */
        private void assertStands(long n) {
            long newest = 0;
            boolean findsAll = latest > 0 && ReplayStart.namesItsTopics(filter);
            for (long p = findsAll ? 1 : journal.tail(); p <= journal.head(); p++) {
                newest = isOwn(p) ? p : newest;
            }
            assertEquals(newest, n);
        }

        private void take(long n) {
            assertTrue(isOwn(n));
            assertTrue(received.add(n), n + " again");
            if (had != UNKNOWN) {
                assertTrue(n > had, n + " after " + had);
                for (long missed = had + 1; missed < n && !gap; missed++) {
                    assertFalse(isOwn(missed), "own-" + missed + " between " + had + " and " + n);
                }
            }
            had = n;
            // A client that is told the latest is owed no more until it has them, and so is one that gets what is left
            // of a gap.
            gap = gap && (slow == Slow.LATEST || latest > 0);
        }

        /** Of each topic of its own. */
        private void assertHasTheNewest() throws Exception {
            Client known = Objects.requireNonNull(client);
            if (!onLoop(known.subscription::isLive)) {
                return;
            }
            gap = false;
            for (String topic : TOPICS) {
                long newest = published.entrySet().stream()
                        .filter(event -> event.getValue().equals(topic))
                        .mapToLong(Map.Entry::getKey)
                        .max()
                        .orElse(0);
                boolean owed = filter.matches(topic) && newest > owedAfter && (newest >= journal.tail() || latest > 0);
                assertTrue(!owed || received.contains(newest), topic + ": own-" + newest);
            }
        }
    }

    private boolean isOwn(long n) {
        String topic = published.get(n);
        return topic != null && filter.matches(topic);
    }

    // ---- a client

    private record Client(FakeWritePath path, Subscription subscription) {

        String take() {
            return path.take();
        }
    }

    private Client open(String replay, @Nullable String lastEventId) throws Exception {
        return open(journal, replay, lastEventId);
    }

    private Client open(Journal from, String replay, @Nullable String lastEventId) throws Exception {
        FakeWritePath path = new FakeWritePath();
        SubscriptionRequest request = Wishes.limited(filter, lastEventId, Replay.parse(replay));
        Client client =
                onLoop(() -> new Client(path, Objects.requireNonNull(hub.open(path, new FakeStream(from), request))));
        settle();
        return client;
    }

    private void close(Client client, CloseReason reason) throws Exception {
        onLoop(() -> {
            hub.close(client.subscription, reason);
            return true;
        });
    }

    private void beat(Client client) throws Exception {
        onLoop(() -> {
            if (!client.path.full) {
                client.subscription.delivery.beat(client.subscription);
            }
            return true;
        });
    }

    private void fill(Client client) throws Exception {
        onLoop(() -> client.path.full = true);
    }

    private void drain(Client client) throws Exception {
        onLoop(() -> {
            client.path.full = false;
            client.path.drained.run();
            return true;
        });
        settle();
    }

    // ---- the stream

    private Hub hub(Slow slow) throws Exception {
        return hub(slow, Duration.ZERO);
    }

    private Hub hub(Slow slow, Duration lag) throws Exception {
        SseOptions options = SseOptions.DEFAULT
                .withLifetime(Duration.ZERO)
                .withHeartbeat(Duration.ZERO)
                .withSlow(slow);
        return onLoop(() -> UnlimitedHub.on(loop, options, lag, System::nanoTime));
    }

    private void renew() {
        writer = new JournalWriter(History.of(KEPT, null, null, latest), InstantSource.system());
        writer.reset(Epochs.startingAt(EMPTY), 0, List.of());
        journal = writer.journal();
        published.clear();
    }

    private void publish(String... topics) throws Exception {
        List<Event> events = new ArrayList<>();
        for (String topic : topics) {
            long n = published.size() + 1L;
            published.put(n, topic);
            events.add(Event.of(EMPTY.at(n), Instant.now(), new NewEvent(topic, null, topic + " " + n)));
        }
        writer.append(events);
        settle();
    }

    private String event(long n) {
        return event(n, Objects.requireNonNull(published.get(n)));
    }

    private static String event(long n, String topic) {
        return "id: own-" + n + "\ndata: " + topic + " " + n + "\n\n";
    }

    private static String gap(String after, long next) {
        return "event: gap\nid: own-" + (next - 1) + "\ndata: {\"after\":\"" + after + "\",\"next\":\"own-" + next
                + "\",\"lost\":null}\n\n";
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
