package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.EventId;
import io.sluice.testing.Skipped;
import io.sluice.testing.client.ReconnectingSubscriber;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.cluster.EventRegistry;
import io.sluice.testing.cluster.RetainedLog;
import io.sluice.testing.cluster.SplitCluster;
import io.sluice.testing.cluster.SplitCluster.Member;
import io.sluice.testing.cluster.SplitTraffic;
import io.sluice.testing.network.Network;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes that a network partition cuts from each other: both sides continue, and once it has healed there is one log.
 * Everything that nodes told fits together: an id has one event, and there is no wrong order, no repetition and no hole without a
 * gap.
 *
 * <p>The output of nodes and the notes of subscribers are in target/partition afterwards.
 */
@Timeout(240)
class PartitionIT {

    private static final Path RECORDS = Path.of("target", "partition");
    private static final Duration TAKEOVER =
            Duration.ofSeconds(25); // heartbeats are missed for 10 s, then a new leader begins
    // So many events back, every node has the event.
    private static final int SURE = 10;

    @TempDir
    // JUnit sets it before all tests.
    @SuppressWarnings("NullAway")
    private static Path directory;

    private static @Nullable SplitCluster running;
    private static EventRegistry registry = new EventRegistry();
    private static boolean atPeace;

    private @Nullable SplitTraffic traffic;

    @RegisterExtension
    // JUnit uses it.
    @SuppressWarnings("unused")
    private final TestExecutionExceptionHandler trouble = (context, failure) -> {
        throw new AssertionError(
                failure.getMessage() + "\nwho said what is in " + records(context.getRequiredTestMethod()), failure);
    };

    private static Path records(Method test) {
        return RECORDS.resolve(test.getName());
    }

    @BeforeEach
    void threeAreThere() throws Exception {
        if (!Network.isPossible()) {
            throw Skipped.because("PartitionIT", Network.NEEDS);
        }
        if (running != null && !atPeace) {
            stopAll();
        }
        if (running == null) {
            registry = new EventRegistry();
            running = SplitCluster.start(directory);
        }
        atPeace = false;
    }

    @AfterEach
    void keepRecords(TestInfo test) throws Exception {
        Path records = Files.createDirectories(
                RECORDS.resolve(test.getTestMethod().orElseThrow().getName()));
        if (running != null) {
            running.writeLogs(records);
        }
        if (traffic != null) {
            traffic.writeNotes(records);
            traffic.close();
        }
        // This is checked beside another failure.
        registry.assertNothingWrong();
    }

    @AfterAll
    static void stopAll() {
        SplitCluster cluster = running;
        running = null;
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void theNodeThatWritesIsCutOff() throws Exception {
        SplitCluster cluster = cluster();
        cutOff(cluster, cluster.sequencer(), "writer");
    }

    /** The one that writes, and, just as much, two that do not. */
    @Test
    void allAreCutFromEachOther() throws Exception {
        SplitCluster cluster = cluster();
        SplitTraffic split = begin(cluster, "all");
        EventId past = sure(split, cluster.members().get(0));
        cluster.cut(cluster.members().stream().map(List::of).toList());
        awaitProgress(split, cluster);
        List<String> forks = new ArrayList<>();
        for (Member member : cluster.members()) {
            forks.add(split.awaitAnotherEpoch(member, past.epoch()));
            assertResumes(member, past);
        }
        assertEquals(cluster.members().size(), Set.copyOf(forks).size(), () -> "their epochs: " + forks);
        split.awaitRound();

        cluster.heal();
        String epoch = split.awaitOneEpoch();
        Member winner = cluster.members().get(forks.indexOf(epoch));
        long healed = System.nanoTime();
        goOn(split, cluster, epoch);
        split.assertNothingAcknowledgedBut(epoch, healed);
        if (hadNoCopy(winner, cluster.without(winner), epoch)) {
            // The next test begins with a cluster whose nodes have the same past.
            return;
        }
        RetainedLog log = oneLog(cluster);
        split.assertKept(log, past.epoch(), cluster.without(winner));
        assertTold(split, past, cluster.without(winner), List.of(winner));
        for (Member loser : cluster.without(winner)) {
            String fork = forks.get(cluster.members().indexOf(loser));
            long parted = Math.min(registry.first(fork), registry.first(epoch));
            assertUnknown(cluster, loser, fork, log.id(parted), log);
        }
        atPeace = true;
    }

    /** Whether the node whose log stays had none of the two copies, so that this log begins with its epoch for the others. */
    private static boolean hadNoCopy(Member winner, List<Member> losers, String epoch) throws Exception {
        RetainedLog log = RetainedLog.of(winner.process()).from(registry.first(epoch));
        for (Member loser : losers) {
            RetainedLog other = RetainedLog.of(loser.process());
            if (other.oldest().n() < registry.first(epoch)) {
                return false;
            }
            other.assertSame(log, loser + " and " + winner);
        }
        return true;
    }

    private void cutOff(SplitCluster cluster, Member lonely, String name) throws Exception {
        List<Member> others = cluster.without(lonely);
        SplitTraffic split = begin(cluster, name);
        EventId past = sure(split, lonely);
        String epoch = past.epoch();
        cluster.cut(List.of(List.of(lonely), others));
        awaitProgress(split, cluster);
        String fork = split.awaitAnotherEpoch(lonely, epoch);
        assertEpoch(split, epoch, others);
        for (Member member : cluster.members()) {
            assertResumes(member, past);
        }
        split.awaitRound();
        assertEquals(0, gaps(split, lonely), "gaps told at " + lonely + " before healing");

        cluster.heal();
        split.awaitEpoch(lonely, epoch);
        long healed = System.nanoTime();
        goOn(split, cluster, epoch);
        RetainedLog log = oneLog(cluster);
        split.assertKept(log, epoch, List.of(lonely));
        split.assertNothingAcknowledgedBut(epoch, healed);
        assertTold(split, past, List.of(lonely), others);
        assertUnknown(cluster, lonely, fork, log.id(registry.first(fork)), log);
        atPeace = true;
    }

    private static SplitCluster cluster() {
        return Objects.requireNonNull(running);
    }

    private SplitTraffic begin(SplitCluster cluster, String name) throws Exception {
        SplitTraffic begun = SplitTraffic.begin(cluster, registry, name);
        traffic = begun;
        return begun;
    }

    /** An event that every node has, whatever happens from now on. */
    private static EventId sure(SplitTraffic split, Member member) {
        EventId newest = split.newestAt(member);
        return newest.at(newest.n() - SURE);
    }

    // ---- while they are cut

    private static void awaitProgress(SplitTraffic split, SplitCluster cluster) throws Exception {
        long cut = System.nanoTime();
        for (Member member : cluster.members()) {
            split.awaitProgress(member);
            Duration took = Duration.ofNanos(System.nanoTime() - cut);
            System.out.println("publishers at " + member + " get on " + took.toMillis() + " ms after the cut, or less");
            assertTrue(took.compareTo(TAKEOVER) <= 0, () -> member + " takes events in after " + took);
        }
    }

    private static void assertEpoch(SplitTraffic split, String epoch, List<Member> members) {
        for (Member member : members) {
            assertEquals(epoch, split.newestAt(member).epoch(), () -> "the epoch at " + member);
        }
    }

    /** A subscriber with an event of the common past continues right after it. */
    private static void assertResumes(Member member, EventId last) throws Exception {
        try (Subscriber subscriber = Subscriber.open(member.process().url() + "/events", last)) {
            SseBlock first = Objects.requireNonNull(subscriber.next());
            assertEquals(
                    last.at(last.n() + 1), first.position(), () -> "after " + last + " at " + member + ": " + first);
            assertEquals(registry.data(last.at(last.n() + 1)), first.data());
        }
    }

    // ---- after healing

    /** Everywhere, with everybody, until nothing is under way any more. */
    private static void goOn(SplitTraffic split, SplitCluster cluster, String epoch) throws Exception {
        cluster.awaitWhole();
        for (Member member : cluster.members()) {
            split.awaitProgress(member);
        }
        split.awaitRound();
        split.end(epoch);
        registry.assertNothingWrong();
    }

    private static RetainedLog oneLog(SplitCluster cluster) throws Exception {
        RetainedLog log = RetainedLog.of(cluster.members().get(0).process());
        for (Member member : cluster.members()) {
            RetainedLog.of(member.process())
                    .assertSame(log, member + " and " + cluster.members().get(0));
        }
        log.assertInOrder();
        return log;
    }

    private static int gaps(SplitTraffic split, Member member) {
        return split.at(member).stream()
                .mapToInt(subscriber -> subscriber.notes().gaps().size())
                .sum();
    }

    /** Each subscriber that has lost events is told so once, and no other is told. */
    private static void assertTold(SplitTraffic split, EventId past, List<Member> losers, List<Member> others) {
        for (Member loser : losers) {
            for (ReconnectingSubscriber subscriber : split.at(loser)) {
                assertEquals(1, subscriber.notes().gaps().size(), () -> "gaps told to " + subscriber);
            }
            assertTrue(
                    split.at(loser).stream()
                            .anyMatch(subscriber -> subscriber.notes().gapsWithinResponses() > 0),
                    () -> "who is connected to " + loser + " is told of the gap, and goes on");
        }
        for (Member other : others) {
            assertEquals(0, gaps(split, other), () -> "gaps told at " + other);
        }
        split.assertGapsAfter(past);
        split.assertTurns();
    }

    /**
     * Of an id of those who lost, nobody else can know what came before it, and what is kept comes again; the node itself
     * remembers, and goes on right behind what both sides had.
     */
    private static void assertUnknown(SplitCluster cluster, Member loser, String fork, EventId next, RetainedLog log)
            throws Exception {
        EventId id = registry.newest(fork);
        for (Member member : cluster.members()) {
            try (Subscriber subscriber = Subscriber.open(member.process().url() + "/events", id)) {
                SseBlock first = Objects.requireNonNull(subscriber.next());
                assertEquals("gap", first.event(), () -> "after " + id + " at " + member + ": " + first);
                JsonObject gap = new JsonObject()
                        .put("after", id.toString())
                        .put("next", (member.equals(loser) ? next : log.oldest()).toString())
                        .putNull("lost");
                assertEquals(gap, new JsonObject(first.data()), () -> "after " + id + " at " + member);
            }
        }
    }
}
