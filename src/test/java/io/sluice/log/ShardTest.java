package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Outcome.Done;
import io.sluice.log.Outcome.Ended;
import io.sluice.log.Outcome.Lost;
import io.sluice.log.Outcome.Unknown;
import io.sluice.log.Resumption.Gap;
import io.sluice.log.Resumption.Resumed;
import io.sluice.log.ShardCommand.Kind;
import io.sluice.testing.log.FailingFormat;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each command has a key, so that its outcome is found by its number in the shard's log. */
@ExtendWith(VertxExtension.class)
class ShardTest {

    private static final int MAKES = ShardCommand.CREATES | ShardCommand.LAST | ShardCommand.KEYED;
    private static final int TO_MADE = ShardCommand.LAST | ShardCommand.KEYED;
    private static final Instant TIME = Instant.parse("2026-11-26T20:00:00Z");

    private final TestClock clock = new TestClock();
    private final AtomicInteger appended = new AtomicInteger();
    private Vertx vertx;
    private Node node;
    private String epoch = "k3f9a2";
    private long number;

    @BeforeEach
    void open(Vertx opened) {
        vertx = opened;
        node = new Node();
    }

    @Test
    void theEventsOfAStreamHaveDenseNumbersWhateverComesBetween() {
        send(event("42", "Hi"), event("7", "?"), event("42", "!"));
        assertEquals(List.of("1 Hi", "2 !"), node.kept("42"));
        assertEquals(List.of("1 ?"), node.kept("7"));
        assertEquals(new Done(node.position("42"), true), node.outcome(3));
        assertEquals(3, appended.get(), "events told to the listener");
    }

    @Test
    void aBatchIsWrittenToTheJournalAtOnce() {
        send(event("42", "a"));
        List<Long> woken = new ArrayList<>();
        Journal journal = node.stream("42").journal();
        journal.addWakeUp(() -> woken.add(journal.head()));
        send(event("42", "b"), event("42", "c"), event("42", "d"));
        assertEquals(List.of(4L), woken);
    }

    @Test
    void anEventMakesAStreamOnlyIfItsSenderSaysSo() {
        send(event("42", "lost", TO_MADE));
        assertEquals(new Unknown(), node.outcome(1));
        assertNull(node.streams.find("42"));
        send(command("42", Kind.CREATE, MAKES), event("42", "a", TO_MADE));
        assertEquals(List.of("1 a"), node.kept("42"));
    }

    @Test
    void makingTellsWhetherTheStreamWasThere() {
        send(command("42", Kind.CREATE, MAKES), event("42", "a"), command("42", Kind.CREATE, MAKES));
        EventId made = ((Done) node.outcome(1)).position();
        assertEquals(0, made.n());
        assertEquals(new Done(made, true), node.outcome(1));
        assertEquals(new Done(made.at(1), false), node.outcome(3));
    }

    @Test
    void anEventAfterTheEndIsRefusedAndChangesNothing() {
        send(event("42", "a"), command("42", Kind.END, MAKES), event("42", "late"), command("42", Kind.END, MAKES));
        assertEquals(new Done(node.position("42"), true), node.outcome(2));
        assertEquals(new Ended(), node.outcome(3));
        assertEquals(new Ended(), node.outcome(4));
        assertEquals(List.of("1 a"), node.kept("42"));
        assertEquals(Journal.State.ENDED, node.stream("42").journal().state());
    }

    @Test
    void aStreamEndsWithTheLastEventOfABatch() {
        int more = ShardCommand.CREATES | ShardCommand.KEYED;
        send(event("42", "a", more), event("42", "b", MAKES | ShardCommand.ENDS), event("7", "c"));
        assertEquals(new Done(node.position("42"), true), node.outcome(2));
        assertEquals(List.of("1 a", "2 b"), node.kept("42"));
        assertEquals(Journal.State.ENDED, node.stream("42").journal().state());
        assertEquals(Journal.State.OPEN, node.stream("7").journal().state());
    }

    /** A reader that sees the end must not miss an event before it. */
    @Test
    void whoSeesTheEndSeesTheLastEventToo() {
        NamedStream stream = node.streams.watch("42");
        List<String> seen = new ArrayList<>();
        stream.journal()
                .addWakeUp(() -> seen.add(
                        stream.journal().state() + " " + stream.journal().head()));
        send(event("42", "a"), event("42", "b", MAKES | ShardCommand.ENDS));
        assertEquals(List.of("OPEN 0", "OPEN 2", "ENDED 2"), seen);
    }

    @Test
    void whoWaitsForAStreamReadsItFromItsFirstEventOn() {
        NamedStream waiting = node.streams.watch("42");
        assertEquals("none-0", waiting.journal().id(0).toString());
        send(event("42", "a"), event("42", "b"));
        assertSame(waiting, node.stream("42"));
        assertEquals(new Resumed(0), waiting.journal().resume(Journal.UNBORN_ID));
        assertEquals(List.of("1 a", "2 b"), node.kept("42"));
        assertEquals(0, waiting.journal().id(0).n());
        assertNotEquals("none", waiting.journal().id(0).epoch());
    }

    @Test
    void aStreamThatIsMadeAnewHasAnotherEpoch() {
        send(event("42", "a"));
        NamedStream first = node.stream("42");
        EventId old = node.position("42");
        send(command("42", Kind.DELETE, MAKES), event("42", "b"));
        assertEquals(Journal.State.DELETED, first.journal().state());
        assertEquals(new Done(old, true), node.outcome(2));
        assertEquals(List.of("1 b"), node.kept("42"));
        assertNotEquals(old.epoch(), node.position("42").epoch());
    }

    @Test
    void deletingWhatIsNotThereSaysSo() {
        send(command("42", Kind.DELETE, TO_MADE), command("42", Kind.END, TO_MADE));
        assertEquals(new Unknown(), node.outcome(1));
        assertEquals(new Unknown(), node.outcome(2));
        assertTrue(node.streams.all().isEmpty());
    }

    @Test
    void anEpochOfTheShardIsOneOfEachStreamFromItsNextEventOn() {
        send(event("42", "a"), event("7", "x"));
        EventId before = node.position("42");
        epoch = "next";
        send(event("42", "b"));
        EventId after = node.position("42");
        assertEquals(2, after.n());
        assertNotEquals(before.epoch(), after.epoch());
        assertEquals(new Resumed(1), node.stream("42").journal().resume(before), "no gap");
        assertEquals(List.of("1 x"), node.kept("7"));
        assertEquals(before.at(1), node.stream("42").journal().id(1));
    }

    @Test
    void theShardsEpochMayBeginInTheMiddleOfABatch() {
        Event old = log(event("42", "a"));
        epoch = "next";
        Event next = log(event("42", "b"));
        node.shard.append(List.of(old, next));
        Journal journal = node.stream("42").journal();
        assertEquals(List.of("1 a", "2 b"), node.kept("42"));
        for (long position = 1; position <= 2; position++) {
            Journal.Entry entry = Objects.requireNonNull(journal.read(position));
            assertEquals(journal.id(position), entry.event().id());
        }
        assertNotEquals(journal.id(1).epoch(), journal.id(2).epoch());
    }

    @Test
    void aStreamWhoseTimeIsOverGoes() {
        send(event("42", "a"));
        send(expiry("42", 0));
        assertNull(node.streams.find("42"));
        assertFalse(node.streams.hasGone("42"), "as if it had never been");
        send(event("42", "b"), command("42", Kind.END, MAKES));
        send(expiry("42", ShardCommand.ENDED));
        assertTrue(node.streams.hasGone("42"));
    }

    @Test
    void anEventOrAnEndInTheLastMomentLetsAStreamLiveOn() {
        send(event("42", "a"));
        Sent expiry = expiry("42", 0);
        send(event("42", "b"), expiry);
        assertEquals(List.of("1 a", "2 b"), node.kept("42"));
        Sent second = expiry("42", 0);
        send(command("42", Kind.END, MAKES), second);
        assertEquals(Journal.State.ENDED, node.stream("42").journal().state());
    }

    @Test
    void whoComesForAnIdleStreamInTheLastMomentWaitsUntilItIsMadeAgain() {
        send(event("42", "a"));
        Sent expiry = expiry("42", 0);
        NamedStream watched = node.streams.watch("42");
        send(expiry);
        assertFalse(node.streams.exists("42"));
        assertEquals(Journal.State.OPEN, watched.journal().state());
        assertEquals(List.of(), node.kept("42"));
        send(event("42", "b"));
        assertSame(watched, node.stream("42"));
        assertEquals(List.of("1 b"), node.kept("42"));
    }

    @Test
    void anExpiryIsNotForAStreamThatWasMadeAnew() {
        send(event("42", "a"));
        Sent expiry = expiry("42", 0);
        send(command("42", Kind.DELETE, MAKES), event("42", "b"), expiry);
        assertEquals(List.of("1 b"), node.kept("42"));
    }

    /** A shard that stopped there would stop for all of its streams. */
    @Test
    void anEventThatCannotBeKeptIsAGapOfItsStreamOnly() {
        send(event("42", "a"));
        Journal journal = node.stream("42").journal();
        FailingFormat format = new FailingFormat();
        journal.use(format);
        format.failOnce();
        send(event("7", "x"), event("42", "b"), event("42", "c"), event("7", "y"));
        assertEquals(new Lost(), node.outcome(4));
        assertEquals(List.of("1 x", "2 y"), node.kept("7"));
        assertNull(journal.read(1));
        assertEquals(new Gap(1, 3, 2L), journal.resume(1));
        send(event("42", "d"));
        assertEquals(List.of("4 d"), node.kept("42"));
        assertInstanceOf(Done.class, node.outcome(6));
    }

    @Test
    void whatIsNoCommandIsPassedOver() {
        Event broken = new Event(new EventId(epoch, ++number), TIME, "42", null, Bytes.of("no command"), false);
        node.shard.append(List.of(log(event("42", "a")), broken, log(event("42", "b"))));
        assertEquals(List.of("1 a", "2 b"), node.kept("42"));
    }

    @Test
    void topicsAndTypesAreInMemoryOnce() {
        NewEvent token = new NewEvent("topic", "type", "x");
        send(event("42", token, MAKES), event("7", token, MAKES));
        Event first =
                Objects.requireNonNull(node.stream("42").journal().read(1)).event();
        Event second =
                Objects.requireNonNull(node.stream("7").journal().read(1)).event();
        assertEquals("topic", first.topic());
        assertSame(first.topic(), second.topic());
        assertEquals("type", first.type());
        assertSame(first.type(), second.type());
    }

    @Test
    void nodesThatReadTheSameCommandsHaveTheSameStreams() {
        for (int seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            Node one = new Node();
            Node other = new Node();
            List<Event> batch = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                epoch = random.nextInt(20) == 0 ? "e" + seed + "x" + i : epoch;
                batch.add(log(anyCommand(random, one)));
                if (random.nextInt(4) == 0) {
                    one.shard.append(batch);
                    // The other one reads them in other portions.
                    batch.forEach(command -> other.shard.append(List.of(command)));
                    batch.clear();
                    assertEquals(one.describe(), other.describe(), "seed " + seed + ", command " + i);
                }
            }
        }
    }

    private Sent anyCommand(Random random, Node known) {
        String name = Integer.toString(random.nextInt(5));
        NamedStream stream = known.streams.find(name);
        return switch (random.nextInt(12)) {
            case 0 -> command(name, Kind.CREATE, MAKES);
            case 1 -> command(name, Kind.END, random.nextBoolean() ? MAKES : TO_MADE);
            case 2 -> command(name, Kind.DELETE, TO_MADE);
            case 3 -> event(name, "end", MAKES | ShardCommand.ENDS);
            case 4 -> event(name, "to made", TO_MADE);
            case 5, 6 -> stream == null ? event(name, "a") : expiry(stream, stream.hasEnded ? ShardCommand.ENDED : 0);
            default -> event(name, Integer.toString(random.nextInt(100)));
        };
    }

    // ---- commands

    private record Sent(String stream, ShardCommand command) {}

    private static Sent event(String stream, String data) {
        return event(stream, data, MAKES);
    }

    private static Sent event(String stream, String data, int flags) {
        return event(stream, new NewEvent("t", null, data), flags);
    }

    private static Sent event(String stream, NewEvent event, int flags) {
        return new Sent(stream, new ShardCommand(Kind.EVENT, flags, 0, event.topic(), event.type(), event.data()));
    }

    private static Sent command(String stream, Kind kind, int flags) {
        return new Sent(stream, ShardCommand.of(kind, flags, 0));
    }

    private Sent expiry(String name, int flags) {
        return expiry(node.stream(name), flags);
    }

    private static Sent expiry(NamedStream stream, int flags) {
        Bytes position = Bytes.of(Shard.position(stream).toString());
        return new Sent(stream.name(), new ShardCommand(Kind.EXPIRE, flags | TO_MADE, 0, null, null, position));
    }

    private void send(Sent... commands) {
        List<Event> batch = new ArrayList<>();
        for (Sent command : commands) {
            batch.add(log(command));
        }
        node.shard.append(batch);
    }

    /** The command as an event of the shard's log. */
    private Event log(Sent sent) {
        String topic = sent.stream.isEmpty() ? "-" : sent.stream;
        return Event.of(new EventId(epoch, ++number), TIME, sent.command.toEvent(topic));
    }

    private final class Node {

        final NamedStreams streams;
        final Outcomes outcomes;
        final Shard shard;

        Node() {
            TemplateRules rules = new TemplateRules(
                    History.DEFAULT, Duration.ofMinutes(5), Duration.ofMinutes(10), Duration.ofHours(1), 100, true);
            VertxInternal internal = (VertxInternal) vertx;
            this.streams = new NamedStreams(rules, clock);
            this.outcomes = new Outcomes(internal.createEventLoopContext(), rules.idempotency(), clock);
            this.shard = new Shard(new TemplateSetup(internal, "chat", rules, appended::addAndGet), streams, outcomes);
            shard.reset(Epochs.startingAt(new EventId("k3f9a2", 0)), 0, List.of());
        }

        NamedStream stream(String name) {
            NamedStream stream = streams.find(name);
            assertNotNull(stream, name);
            return stream;
        }

        EventId position(String name) {
            Journal journal = stream(name).journal();
            return journal.id(journal.head());
        }

        List<String> kept(String name) {
            Journal journal = stream(name).journal();
            List<String> kept = new ArrayList<>();
            for (long position = journal.tail(); position <= journal.head(); position++) {
                Event event = Objects.requireNonNull(journal.read(position)).event();
                kept.add(event.n() + " " + event.data());
            }
            return kept;
        }

        Outcome outcome(long command) {
            return outcomes.awaitAt(command).result();
        }

        /** Each stream with its state, its epochs, and its events with their ids. */
        Map<String, String> describe() {
            Map<String, String> all = new TreeMap<>();
            for (NamedStream stream : streams.all()) {
                Journal journal = stream.journal();
                StringBuilder text = new StringBuilder()
                        .append(journal.state())
                        .append(' ')
                        .append(journal.timeline)
                        .append(' ')
                        .append(stream.exists);
                for (long position = journal.tail(); position <= journal.head(); position++) {
                    Event event = Objects.requireNonNull(journal.read(position)).event();
                    assertEquals(journal.id(position), event.id());
                    text.append(' ').append(event.id()).append(event.data());
                }
                all.put(stream.name(), text.toString());
            }
            return all;
        }
    }
}
