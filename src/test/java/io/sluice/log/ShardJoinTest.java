package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.ShardCommand.Kind;
import io.sluice.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that share a log of which only the newest commands are kept. They ask each other, on one event loop. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class ShardJoinTest {

    private static final TemplateRules RULES = rules(History.of(40, null, null));

    private static TemplateRules rules(History history) {
        return new TemplateRules(history, Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(1), 1000, true);
    }

    private static final int NAMES = 12;
    // So small that a stream takes several pages.
    private static final int PAGE_BYTES = 300;

    private Vertx vertx;
    private ContextInternal context;
    private TemplateRules rules = RULES;

    // On the context only:
    private Epochs epochs = Epochs.startingAt(new EventId("log", 0));
    private final List<Event> log = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private Runnable beforeAnswer = () -> {};

    /** A node, and how the others reach it. */
    private final class Node implements ShardPeers {

        private final String name;
        private final NamedStreams streams = new NamedStreams(rules, SteadyClock.INSTANCE);
        private final Outcomes outcomes = new Outcomes(context, rules.idempotency(), SteadyClock.INSTANCE);
        private final ShardJoin join = new ShardJoin(context, "t#0", state(streams, outcomes), this, this::append);
        private Function<Buffer, Buffer> answers = question -> ShardQuestion.NOTHING;
        private boolean silent;
        private boolean away;

        private Node(String name) {
            this.name = name;
        }

        private ShardState state(NamedStreams named, Outcomes known) {
            Shard shard = new Shard(new TemplateSetup((VertxInternal) vertx, "t", rules, count -> {}), named, known);
            return new ShardState(
                    named,
                    known,
                    shard,
                    SteadyClock.INSTANCE,
                    () -> state(
                            new NamedStreams(rules, SteadyClock.INSTANCE),
                            new Outcomes(context, rules.idempotency(), SteadyClock.INSTANCE)),
                    PAGE_BYTES);
        }

        private Future<Receipt> append(Batch batch) {
            commit(batch.events());
            return context.succeededFuture(new Receipt(newest(), batch.events().size(), 0));
        }

        /** Reads the log, of which so many commands are kept. */
        private void join(int kept) {
            away = false;
            List<Event> rest = List.copyOf(log.subList(Math.max(0, log.size() - kept), log.size()));
            join.reset(epochs, newest().n() - rest.size(), rest);
        }

        @Override
        public Future<Void> listen(Function<Buffer, Buffer> to) {
            answers = to;
            return context.succeededFuture();
        }

        @Override
        public List<String> others() {
            return nodes.stream()
                    .filter(node -> node != this)
                    .map(node -> node.name)
                    .toList();
        }

        @Override
        public Future<Buffer> ask(String other, Buffer question) {
            Promise<Buffer> answer = context.promise();
            context.runOnContext(v -> {
                beforeAnswer.run();
                nodes.stream()
                        .filter(node -> node.name.equals(other) && !node.silent)
                        .findAny()
                        .ifPresentOrElse(
                                node -> answer.complete(node.answers.apply(question)), () -> answer.fail("silent"));
            });
            return answer.future();
        }

        @Override
        public Future<Void> close() {
            return context.succeededFuture();
        }
    }

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        context = ((VertxInternal) vertx).createEventLoopContext();
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    // ---- joining

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aNodeThatJoinsInTheMiddleOfTrafficHasTheSameStreams(int seed) throws Exception {
        Random random = new Random(seed);
        Node old = on(() -> join("old", 0));
        on(() -> traffic(random, 600));
        Node joined = on(() -> {
            beforeAnswer = () -> traffic(random, random.nextInt(20));
            return join("new", 30);
        });
        awaitComplete(joined);
        on(() -> traffic(random, 100));
        assertEquals(on(() -> describe(old)), on(() -> describe(joined)));
    }

    /** Of 30 topics, some of which are forgotten now and then. The commands come faster than a stream's pages. */
    @ParameterizedTest
    @CsvSource({"1, 100", "1, 12", "3, 100", "3, 30", "3, 12", "20, 100", "20, 25", "20, 18"})
    void aNodeThatJoinsInTheMiddleOfTrafficHasTheSameNewestEventsOfTopics(int events, int latest) throws Exception {
        rules = rules(History.of(events, null, null, latest));
        for (int seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            Node old = on(() -> join("old", 0));
            on(() -> topics(random, 400));
            Node joined = on(() -> {
                beforeAnswer = () -> topics(random, random.nextInt(8));
                return join("new", 10);
            });
            awaitComplete(joined);
            on(() -> topics(random, 20));
            Map<String, String> all = on(() -> describe(old));
            assertEquals(all, on(() -> describe(joined)), "seed " + seed);
            assertTrue(
                    all.getOrDefault("s0", "").contains("beyond"),
                    "nothing is kept beyond the bounds: nothing is tested");
            on(this::startAnew);
        }
    }

    @Test
    void aNodeThatReadsTheWholeLogAgainKeepsTheNewestEventsOfTopics() throws Exception {
        rules = rules(History.of(2, null, null, 20));
        Node stayed = on(() -> join("stayed", 0));
        Node away = on(() -> join("away", 0));
        on(() -> topics(new Random(1), 100));
        on(() -> {
            away.away = true;
            Epochs fork = epochs.goOn(new EventId("fork", 101));
            away.join.beginEpoch(fork);
            away.join.append(List.of(event(fork.id(101), "s0", Kind.EVENT)));
            topics(new Random(2), 20);
            away.join(1000);
            assertTrue(away.join.isComplete());
        });
        Map<String, String> all = on(() -> describe(stayed));
        assertEquals(all, on(() -> describe(away)));
        assertTrue(all.getOrDefault("s0", "").contains("beyond"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void ifTheOtherNodeDiesMeanwhileTheNextOneIsAsked(int seed) throws Exception {
        Random random = new Random(seed);
        Node first = on(() -> join("first", 0));
        Node second = on(() -> join("second", 0));
        on(() -> traffic(random, 600));
        Node joined = on(() -> {
            int[] answers = new int[1];
            beforeAnswer = () -> {
                traffic(random, random.nextInt(20));
                first.silent |= ++answers[0] > 3;
            };
            return join("new", 30);
        });
        awaitComplete(joined);
        on(() -> traffic(random, 100));
        assertEquals(on(() -> describe(second)), on(() -> describe(joined)));
    }

    /** The pages so far are of positions from which no command is held back any more. */
    @Test
    void ifMoreComesThanCanBeHeldBackThePagesAreAskedForAgain() throws Exception {
        Node old = on(() -> join("old", 0));
        on(() -> publish("a", 20));
        on(() -> publish("b", 20));
        int[] answers = new int[1];
        Node joined = on(() -> {
            beforeAnswer = () -> {
                if (++answers[0] == 6) {
                    commit(Collections.nCopies(
                            30_000, command(Kind.EVENT, 0, "many").toEvent("a")));
                    commit(Collections.nCopies(
                            30_000, command(Kind.EVENT, 0, "many").toEvent("b")));
                }
            };
            return join("new", 3);
        });
        awaitComplete(joined);
        assertEquals(on(() -> describe(old)), on(() -> describe(joined)));
    }

    @Test
    void aNodeThatMayHaveTheStreamsIsWaitedFor() throws Exception {
        Node old = on(() -> join("old", 0));
        on(() -> traffic(new Random(1), 100));
        Node joined = on(() -> {
            old.silent = true;
            return join("new", 3);
        });
        vertx.timer(300).await();
        assertFalse(joined.join.isComplete());
        old.silent = false;
        awaitComplete(joined);
        assertEquals(on(() -> describe(old)), on(() -> describe(joined)));
    }

    @Test
    void aNodeThatWasAwayGetsWhatItMissedAndItsReadersGoOn() throws Exception {
        Node stayed = on(() -> join("stayed", 0));
        Node away = on(() -> join("away", 0));
        on(() -> publish("a", 5));
        NamedStream read = on(() -> away.streams.watch("a"));
        EventId last = read.journal().id(read.journal().head());
        long position = read.journal().head();
        on(() -> {
            away.away = true;
            publish("a", 10);
            away.join(2);
        });
        awaitComplete(away);
        assertEquals(on(() -> describe(stayed)), on(() -> describe(away)));
        for (Resumption resumed :
                List.of(read.journal().resume(last), read.journal().resume(position))) {
            assertEquals(
                    last,
                    read.journal()
                            .id(assertInstanceOf(Resumption.Resumed.class, resumed)
                                    .position()));
        }
        assertEquals(15, read.journal().id(read.journal().head()).n());
    }

    @Test
    void ifTheLogStillHasAllThatANodeMissedNobodyIsAsked() throws Exception {
        on(() -> join("stayed", 0));
        Node away = on(() -> join("away", 0));
        on(() -> publish("a", 5));
        NamedStream read = on(() -> away.streams.watch("a"));
        long position = read.journal().head();
        on(() -> {
            away.away = true;
            publish("a", 10);
            beforeAnswer = () -> {
                throw new IllegalStateException("asked");
            };
            away.join(11);
            assertTrue(away.join.isComplete());
        });
        assertEquals(position + 10, read.journal().head());
    }

    // ---- another log

    @Test
    void aNodeOfTheSmallerSideTakesTheStreamsOfTheLargerOneAndItsReadersGoOnFromTheCommonPast() throws Exception {
        Node larger = on(() -> join("larger", 0));
        Node smaller = on(() -> join("smaller", 0));
        on(() -> publish("a", 5));
        NamedStream a = on(() -> smaller.streams.watch("a"));
        EventId common = a.journal().id(a.journal().head());
        NamedStream forked = on(() -> smaller.streams.watch("forked"));
        on(() -> {
            smaller.away = true;
            Epochs fork = epochs.goOn(new EventId("fork", 6));
            smaller.join.beginEpoch(fork);
            smaller.join.append(List.of(event(fork.id(6), "a", Kind.EVENT), event(fork.id(7), "forked", Kind.EVENT)));
        });
        EventId lost = a.journal().id(a.journal().head());
        assertEquals(6, lost.n());
        assertEquals(1, forked.journal().head());
        on(() -> {
            publish("a", 3);
            smaller.join(1);
        });
        awaitComplete(smaller);
        assertEquals(on(() -> describe(larger)), on(() -> describe(smaller)));
        assertInstanceOf(Resumption.Resumed.class, a.journal().resume(common));
        Resumption.Gap gap = assertInstanceOf(Resumption.Gap.class, a.journal().resume(lost));
        assertEquals(common, a.journal().id(gap.position()));
        assertNull(gap.lost());
        assertEquals(Journal.UNBORN_ID, forked.journal().id(forked.journal().head()));
    }

    @Test
    void whereTheLogStillHasAllTheSameHoldsWithoutAnotherNode() throws Exception {
        Node node = on(() -> join("node", 0));
        on(() -> publish("a", 5));
        NamedStream a = on(() -> node.streams.watch("a"));
        EventId common = a.journal().id(a.journal().head());
        on(() -> {
            node.away = true;
            Epochs fork = epochs.goOn(new EventId("fork", 6));
            node.join.beginEpoch(fork);
            node.join.append(List.of(event(fork.id(6), "a", Kind.EVENT)));
            publish("a", 3);
            node.join(100);
            assertTrue(node.join.isComplete());
        });
        assertInstanceOf(Resumption.Resumed.class, a.journal().resume(common));
        assertEquals(8, a.journal().id(a.journal().head()).n());
    }

    @Test
    void ifTheLogLosesItsPastItsStreamsAreGoneAndTheirReadersAreTold() throws Exception {
        Node node = on(() -> join("node", 0));
        on(() -> publish("a", 5));
        NamedStream a = on(() -> node.streams.watch("a"));
        EventId last = a.journal().id(a.journal().head());
        long position = a.journal().head();
        on(() -> {
            log.clear();
            epochs = epochs.startOver(new EventId("anew", 2_000_000));
            node.join(0);
        });
        awaitComplete(node);
        assertFalse(node.streams.exists("a"));
        Resumption.Gap gap = assertInstanceOf(Resumption.Gap.class, a.journal().resume(position));
        assertNull(gap.lost());
        on(() -> publish("a", 1));
        assertEquals(1, a.journal().id(a.journal().head()).n());
        assertInstanceOf(Resumption.Gap.class, a.journal().resume(last));
    }

    // ---- nobody has it

    @Test
    void ifNoNodeHasTheStreamsAllStartsOverAndWhatIsPublishedThenStays() throws Exception {
        on(() -> traffic(new Random(1), 100));
        Node first = on(() -> join("first", 3));
        Node second = on(() -> join("second", 3));
        awaitComplete(first);
        on(() -> publish("a", 2));
        awaitComplete(second);
        on(() -> {
            // One that a node sent before it had read the other's.
            commit(List.of(startOver(newest().n() - 3)));
            publish("b", 2);
        });
        assertEquals(on(() -> describe(first)), on(() -> describe(second)));
        assertTrue(first.streams.exists("a") && first.streams.exists("b"));
        assertEquals(2, first.streams.all().size());
        Node third = on(() -> join("third", 1));
        awaitComplete(third);
        assertEquals(on(() -> describe(first)), on(() -> describe(third)));
    }

    // ---- the log

    private Node join(String name, int kept) {
        Node node = new Node(name);
        nodes.add(node);
        node.join(kept);
        return node;
    }

    private EventId newest() {
        return log.isEmpty()
                ? epochs.id(epochs.list().get(epochs.list().size() - 1).first())
                : log.get(log.size() - 1).id();
    }

    private void commit(List<NewEvent> events) {
        List<Event> batch = new ArrayList<>();
        for (NewEvent event : events) {
            batch.add(Event.of(epochs.id(newest().n() + 1), Instant.now(), event));
            log.add(batch.get(batch.size() - 1));
        }
        for (Node node : List.copyOf(nodes)) {
            if (!node.away) {
                node.join.append(batch);
            }
        }
    }

    private static Event event(EventId id, String stream, Kind kind) {
        NewEvent event = command(kind, 0, stream + id).toEvent(stream);
        return Event.of(id, Instant.now(), event);
    }

    private static NewEvent startOver(long base) {
        return command(Kind.START_OVER, 0, Long.toString(base)).toEvent("#");
    }

    private static ShardCommand command(Kind kind, int flags, String data) {
        int all = ShardCommand.CREATES | ShardCommand.LAST | flags;
        return new ShardCommand(kind, all, 0, null, null, Bytes.of(data));
    }

    private void publish(String stream, int count) {
        for (int i = 0; i < count; i++) {
            commit(List.of(command(Kind.EVENT, 0, stream + i).toEvent(stream)));
        }
    }

    private void traffic(Random random, int count) {
        for (int i = 0; i < count; i++) {
            String stream = "s" + random.nextInt(NAMES);
            int keyed = random.nextInt(4) == 0 ? ShardCommand.KEYED : 0;
            int kind = random.nextInt(40);
            ShardCommand command =
                    switch (kind) {
                        case 0 -> command(Kind.CREATE, keyed, "");
                        case 1 -> command(Kind.END, keyed, "");
                        case 2 -> command(Kind.DELETE, 0, "");
                        case 3 -> command(Kind.EVENT, keyed | ShardCommand.ENDS, "last of " + i);
                        default -> command(Kind.EVENT, keyed, "event " + i + "-".repeat(random.nextInt(50)));
                    };
            commit(List.of(command.toEvent(stream)));
        }
    }

    /** Events of two streams with topics, of which one in eight is forgotten. */
    private void topics(Random random, int count) {
        for (int i = 0; i < count; i++) {
            int forgets = random.nextInt(8) == 0 ? ShardCommand.FORGETS : 0;
            int flags = ShardCommand.CREATES | ShardCommand.LAST | forgets;
            String topic = "t" + random.nextInt(30);
            Bytes data = Bytes.of("event " + i);
            ShardCommand command = new ShardCommand(Kind.EVENT, flags, 0, topic, null, data);
            commit(List.of(command.toEvent("s" + random.nextInt(2))));
        }
    }

    private void startAnew() {
        beforeAnswer = () -> {};
        nodes.clear();
        log.clear();
    }

    // ---- what a node has

    private static Map<String, String> describe(Node node) {
        Map<String, String> all = new TreeMap<>();
        for (NamedStream stream : node.streams.all()) {
            if (stream.exists) {
                all.put(stream.name(), describe(stream));
            }
        }
        all.put(
                "gone",
                node.streams.gone().keySet().stream()
                        .filter(node.streams::hasGone)
                        .sorted()
                        .toList()
                        .toString());
        all.put(
                "outcomes",
                node.outcomes.keyedAfter(0, Integer.MAX_VALUE).stream()
                        .map(known -> known.position() + ": " + known.outcome())
                        .collect(Collectors.joining("\n")));
        return all;
    }

    private static String describe(NamedStream stream) {
        Journal journal = stream.journal();
        StringBuilder text = new StringBuilder()
                .append(journal.state())
                .append(stream.hasEnded)
                .append(stream.last)
                .append(stream.epochs)
                .append(stream.shardEpoch);
        for (Journal.Entry entry = journal.latestAfter(0);
                entry != null;
                entry = journal.latestAfter(entry.position())) {
            Event event = entry.event();
            text.append("\nbeyond ")
                    .append(event.id())
                    .append(' ')
                    .append(event.topic())
                    .append(' ')
                    .append(event.data());
        }
        for (long position = journal.tail(); position <= journal.head(); position++) {
            Event event = Objects.requireNonNull(journal.read(position)).event();
            text.append("\n").append(event.id()).append(' ').append(event.data());
        }
        return text.toString();
    }

    private void awaitComplete(Node node) throws Exception {
        Await.await(node.name + " is complete", () -> node.join.isComplete());
    }

    // ---- the context

    private void on(Runnable step) throws Exception {
        on(() -> {
            step.run();
            return "";
        });
    }

    private <T> T on(Callable<T> step) throws Exception {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> {
            try {
                done.complete(step.call());
            } catch (Exception | Error e) {
                done.fail(e);
            }
        });
        return done.future().await();
    }
}
