package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.log.EventId;
import io.sluice.testing.client.AckedPublisher;
import io.sluice.testing.cluster.SplitCluster.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Authors and witnesses at each node of a cluster that is cut, and witnesses that go from one to the next all the time. */
public final class SplitTraffic implements AutoCloseable {

    private static final int WITNESSES = 3; // at each node
    private static final int WANDERERS = 4;
    private static final int SHOWN = 10;
    private static final int BATCH = 3; // of every second author
    private static final Duration APART = Duration.ofMillis(700); // a third of a lifetime: somebody is always connected
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What an author was told. */
    private record Receipt(EventId id, String data, Member by, long at) {

        @Override
        public String toString() {
            return id + " for " + data + " by " + by;
        }
    }

    /** An author at one node, and the thread that it is. */
    private record Desk(Member at, AckedPublisher author, Thread thread) {}

    /** Takes what authors are told at one node. */
    private final class Ledger implements AckedPublisher.Ledger {

        private final Member at;

        private Ledger(Member at) {
            this.at = at;
        }

        @Override
        public void acknowledge(EventId id, String data) {
            receipts.add(new Receipt(id, data, at, System.nanoTime()));
            testimony.tell(id, data, "an author at " + at);
        }

        @Override
        public void wrong(String what) {
            testimony.wrong("an author at " + at + ": " + what);
        }
    }

    private final SplitCluster cluster;
    private final EventRegistry testimony;
    private final List<Desk> desks = new ArrayList<>();
    private final Map<Member, List<SplitSubscriber>> stationed = new HashMap<>();
    private final List<SplitSubscriber> wanderers = new ArrayList<>();
    private final List<Thread> listening = new ArrayList<>();
    private final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();

    private SplitTraffic(SplitCluster cluster, EventRegistry testimony) {
        this.cluster = cluster;
        this.testimony = testimony;
    }

    /** Begins, and waits until everybody has something; the name tells one test's topics from another's. */
    public static SplitTraffic begin(SplitCluster cluster, EventRegistry testimony, String name)
            throws InterruptedException {
        SplitTraffic traffic = new SplitTraffic(cluster, testimony);
        for (Member member : cluster.members()) {
            traffic.write(member, name + member.host().number() + 'a', 1);
            traffic.write(member, name + member.host().number() + 'b', BATCH);
            List<SplitSubscriber> witnesses = new ArrayList<>();
            for (int i = 0; i < WITNESSES; i++) {
                witnesses.add(new SplitSubscriber(
                        "witness " + i + " at " + member, () -> member, traffic.testimony, APART.multipliedBy(i)));
            }
            traffic.stationed.put(member, witnesses);
        }
        for (int i = 0; i < WANDERERS; i++) {
            traffic.wanderers.add(traffic.wanderer(i));
        }
        traffic.witnesses().forEach(witness -> traffic.listening.add(start(witness)));
        for (Member member : cluster.members()) {
            traffic.awaitProgress(member);
        }
        for (SplitSubscriber witness : traffic.witnesses()) {
            SplitCluster.await(() -> witness.position() != null, PATIENCE, witness + " has an event");
        }
        return traffic;
    }

    private void write(Member at, String topic, int batch) {
        AckedPublisher author = new AckedPublisher(at::process, new Ledger(at), topic, batch, PAUSE);
        desks.add(new Desk(at, author, start(author)));
    }

    /** From node to node, in turn. */
    private SplitSubscriber wanderer(int number) {
        AtomicInteger visits = new AtomicInteger(number);
        List<Member> members = cluster.members();
        return new SplitSubscriber(
                "wanderer " + number,
                () -> members.get(visits.getAndIncrement() % members.size()),
                testimony,
                Duration.ZERO);
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private List<SplitSubscriber> witnesses() {
        return Stream.concat(stationed.values().stream().flatMap(List::stream), wanderers.stream())
                .toList();
    }

    public List<SplitSubscriber> at(Member member) {
        return stationed.getOrDefault(member, List.of());
    }

    // ---- how it gets on

    /** Waits until each author at a node was told twice more that its events are there; has the time that it took. */
    public Duration awaitProgress(Member member) throws InterruptedException {
        long began = System.nanoTime();
        for (Desk desk : desks) {
            if (desk.at().equals(member)) {
                int enough = desk.author().published() + 2 * BATCH;
                SplitCluster.await(
                        () -> desk.author().published() >= enough,
                        PATIENCE,
                        desk.author().topic() + " gets on at " + member);
            }
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** The newest event of which all witnesses at a node have been told. */
    public EventId newestAt(Member member) {
        return at(member).stream()
                .map(SplitSubscriber::position)
                .filter(Objects::nonNull)
                .min(Comparator.comparingLong(EventId::n))
                .orElseThrow();
    }

    /** Waits until all witnesses at a node are in an epoch. */
    public void awaitEpoch(Member member, String epoch) throws InterruptedException {
        for (SplitSubscriber witness : at(member)) {
            SplitCluster.await(() -> isIn(epoch, witness), PATIENCE, witness + " comes to epoch " + epoch);
        }
    }

    private static boolean isIn(String epoch, SplitSubscriber witness) {
        EventId position = witness.position();
        return position != null && position.epoch().equals(epoch);
    }

    /** Waits until all witnesses at a node are in another epoch, and has its name. */
    public String awaitAnotherEpoch(Member member, String epoch) throws InterruptedException {
        for (SplitSubscriber witness : at(member)) {
            SplitCluster.await(() -> !isIn(epoch, witness), PATIENCE, witness + " leaves epoch " + epoch);
        }
        return newestAt(member).epoch();
    }

    /** Waits until the witnesses at all nodes are in the same epoch, and has its name. */
    public String awaitOneEpoch() throws InterruptedException {
        SplitCluster.await(() -> epochs().size() == 1, PATIENCE, "all nodes are in one epoch");
        return epochs().iterator().next();
    }

    private Set<String> epochs() {
        return cluster.members().stream()
                .flatMap(member -> at(member).stream())
                .map(witness -> String.valueOf(witness.position()))
                .map(position -> position.substring(0, position.lastIndexOf('-')))
                .collect(Collectors.toSet());
    }

    /** Waits until each wanderer has been at each node again, from the first to the last block. */
    public void awaitRound() throws InterruptedException {
        for (SplitSubscriber wanderer : wanderers) {
            int enough = wanderer.visits() + cluster.members().size() + 1;
            SplitCluster.await(() -> wanderer.visits() >= enough, PATIENCE, wanderer + " makes its round");
        }
    }

    // ---- its end

    /** The authors come to an end, all hear all of it, in one epoch, and go. */
    public void end(String epoch) throws InterruptedException {
        desks.forEach(desk -> desk.author().leave());
        for (Desk desk : desks) {
            join(desk.thread(), desk.author().topic());
        }
        EventId newest = receipts.stream()
                .map(Receipt::id)
                .filter(id -> id.epoch().equals(epoch))
                .max(Comparator.comparingLong(EventId::n))
                .orElseThrow();
        for (SplitSubscriber witness : witnesses()) {
            SplitCluster.await(
                    () -> isIn(epoch, witness)
                            && newest.n()
                                    <= Objects.requireNonNull(witness.position())
                                            .n(),
                    PATIENCE,
                    witness + " hears " + newest);
        }
        witnesses().forEach(SplitSubscriber::leave);
        for (Thread thread : listening) {
            join(thread, "a witness");
        }
    }

    private static void join(Thread thread, String what) throws InterruptedException {
        thread.join(PATIENCE.toMillis());
        if (thread.isAlive()) {
            fail(what + " does not come to an end");
        }
    }

    /** What was acknowledged is kept, but for what those who lost acknowledged in an epoch of their own. */
    public void assertKept(RetainedLog log, String epoch, List<Member> losers) {
        Map<EventId, String> kept = log.byId();
        List<String> lost = receipts.stream()
                .filter(receipt -> !receipt.data().equals(kept.get(receipt.id())))
                .filter(receipt ->
                        !losers.contains(receipt.by()) || receipt.id().epoch().equals(epoch))
                .map(receipt -> receipt + ", but " + kept.get(receipt.id()) + " is kept")
                .toList();
        assertEquals(
                "",
                String.join("\n", lost.stream().limit(SHOWN).toList()),
                () -> lost.size() + " that were acknowledged are lost");
    }

    /** What has been acknowledged from now on is not lost. */
    public void assertNothingAcknowledgedBut(String epoch, long since) {
        List<Receipt> others = receipts.stream()
                .filter(receipt -> receipt.at() > since && !receipt.id().epoch().equals(epoch))
                .limit(SHOWN)
                .toList();
        assertEquals(List.of(), others, "acknowledged after healing, in another epoch than " + epoch);
    }

    /** Who had no more than the common past was not told of a gap, wherever it went. */
    public void assertGapsAfter(EventId past) {
        for (SplitSubscriber witness : witnesses()) {
            for (SplitSubscriber.Step gap : witness.gaps()) {
                boolean known =
                        gap.from().epoch().equals(past.epoch()) && gap.from().n() <= past.n();
                assertFalse(known, () -> witness + " had " + gap.from() + "\n    " + gap.around());
            }
        }
    }

    /** Who changed to another epoch without a gap did so where that begins. */
    public void assertTurns() {
        for (SplitSubscriber witness : witnesses()) {
            for (SplitSubscriber.Step turn : witness.turns()) {
                long first = testimony.first(turn.to().epoch());
                assertTrue(
                        turn.from().n() < first && turn.to().n() <= first,
                        () -> witness + " went from " + turn.from() + " to " + turn.to() + ", and " + first
                                + " is the first of its epoch\n    " + turn.around());
            }
        }
    }

    public void writeNotes(Path directory) throws IOException {
        for (SplitSubscriber witness : witnesses()) {
            Files.write(directory.resolve(witness.toString().replace(' ', '-') + ".txt"), witness.notes());
        }
    }

    @Override
    public void close() {
        desks.forEach(desk -> desk.author().leave());
        witnesses().forEach(SplitSubscriber::leave);
    }
}
