package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.node.SplitCluster.Member;
import io.sluice.stream.EventId;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes that a network partition cuts from each other: both sides go on, and once it has healed there is one log. What
 * anybody was told fits together: an id has one event, and there is no wrong order, no repetition and no hole that no gap told.
 *
 * <p>What nodes and subscribers had to say is in target/partition afterwards.
 */
@Timeout(240)
class PartitionIT {

    private static final Path RECORDS = Path.of("target", "partition");
    private static final Duration TAKEOVER =
            Duration.ofSeconds(25); // heartbeats are missed for 10 s, then somebody begins
    private static final int SURE = 10; // events back, what every node has

    @TempDir(cleanup = CleanupMode.ALWAYS)
    @SuppressWarnings("NullAway") // set before all
    private static Path directory;

    private static @Nullable SplitCluster running;
    private static Testimony testimony = new Testimony();
    private static boolean atPeace;

    private @Nullable SplitTraffic traffic;

    @BeforeEach
    void threeAreThere() throws Exception {
        if (!Namespaces.areAllowed()) {
            throw Skipped.because("PartitionIT", "it needs root and ip (Debian: apt-get install iproute2)");
        }
        if (running != null && !atPeace) {
            stopAll();
        }
        if (running == null) {
            testimony = new Testimony();
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

    @Test
    void aNodeThatDoesNotWriteIsCutOff() throws Exception {
        SplitCluster cluster = cluster();
        cutOff(cluster, cluster.without(cluster.sequencer()).get(0), "other");
    }

    private static SplitCluster cluster() {
        return Objects.requireNonNull(running);
    }

    private void cutOff(SplitCluster cluster, Member lonely, String name) throws Exception {
        List<Member> others = cluster.without(lonely);
        SplitTraffic split = SplitTraffic.begin(cluster, testimony, name);
        traffic = split;
        EventId past = split.newestAt(lonely);

        cluster.cut(List.of(List.of(lonely), others));
        awaitBothSides(split, cluster);
        String fork = split.awaitAnotherEpoch(lonely, past.epoch());
        assertEpoch(split, past.epoch(), others);
        for (Member member : cluster.members()) {
            assertResumes(member, past.at(past.n() - SURE));
        }
        split.awaitRound();
        assertEquals(0, gaps(split, lonely), "gaps told at " + lonely + " before healing");

        cluster.heal();
        split.awaitEpoch(lonely, past.epoch());
        long healed = System.nanoTime();
        cluster.awaitWhole();
        for (Member member : cluster.members()) {
            split.awaitProgress(member);
        }
        split.awaitRound();
        split.end(past.epoch());

        testimony.assertNothingWrong();
        KeptLog log = oneLog(cluster);
        split.assertKept(log, past.epoch(), List.of(lonely));
        split.assertNothingAcknowledgedBut(past.epoch(), healed);
        split.assertGapsAfter(past.at(past.n() - SURE));
        split.assertTurns();
        assertGaps(split, lonely, others);
        for (Member member : cluster.members()) {
            assertUnknown(member, testimony.newest(fork), log.oldest());
        }
        atPeace = true;
    }

    // ---- while they are cut

    private static void awaitBothSides(SplitTraffic split, SplitCluster cluster) throws InterruptedException {
        long cut = System.nanoTime();
        for (Member member : cluster.members()) {
            split.awaitProgress(member);
            Duration took = Duration.ofNanos(System.nanoTime() - cut);
            System.out.println("publishers at " + member + " got on after " + took); // for README.md
            assertTrue(took.compareTo(TAKEOVER) <= 0, () -> member + " takes events in after " + took);
        }
    }

    private static void assertEpoch(SplitTraffic split, String epoch, List<Member> members) {
        for (Member member : members) {
            assertEquals(epoch, split.newestAt(member).epoch(), () -> "the epoch at " + member);
        }
    }

    /** Who has an event of the common past goes on right after it. */
    private static void assertResumes(Member member, EventId last) throws Exception {
        try (Subscriber subscriber = Subscriber.open(member.process().url() + "/events", last)) {
            Subscriber.Block first = Objects.requireNonNull(subscriber.next());
            assertEquals(
                    last.at(last.n() + 1), first.position(), () -> "after " + last + " at " + member + ": " + first);
            assertEquals(testimony.data(last.at(last.n() + 1)), first.data());
        }
    }

    // ---- after healing

    private static KeptLog oneLog(SplitCluster cluster) throws Exception {
        KeptLog log = KeptLog.of(cluster.members().get(0).process());
        for (Member member : cluster.members()) {
            assertEquals(log, KeptLog.of(member.process()), () -> "the log at " + member);
        }
        log.assertInOrder();
        return log;
    }

    private static int gaps(SplitTraffic split, Member member) {
        return split.at(member).stream()
                .mapToInt(witness -> witness.gaps().size())
                .sum();
    }

    private static void assertGaps(SplitTraffic split, Member lonely, List<Member> others) {
        for (Witness witness : split.at(lonely)) {
            assertEquals(1, witness.gaps().size(), () -> "gaps told to " + witness);
        }
        assertTrue(
                split.at(lonely).stream().anyMatch(witness -> witness.gapsWithinResponses() > 0),
                "who is connected is told of the gap, and goes on");
        for (Member other : others) {
            assertEquals(0, gaps(split, other), () -> "gaps told at " + other);
        }
    }

    /** Of an id of those who lost, nobody can know what came after it. */
    private static void assertUnknown(Member member, EventId id, EventId oldest) throws Exception {
        try (Subscriber subscriber = Subscriber.open(member.process().url() + "/events", id)) {
            Subscriber.Block first = Objects.requireNonNull(subscriber.next());
            assertEquals("gap", first.event(), () -> "after " + id + " at " + member + ": " + first);
            JsonObject gap = new JsonObject()
                    .put("after", id.toString())
                    .put("next", oldest.toString())
                    .putNull("lost");
            assertEquals(gap, new JsonObject(first.data()), () -> "after " + id + " at " + member);
        }
    }
}
