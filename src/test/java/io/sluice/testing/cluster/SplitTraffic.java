package io.sluice.testing.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.log.EventId;
import io.sluice.testing.Await;
import io.sluice.testing.client.AckedPublisher;
import io.sluice.testing.client.ReconnectingSubscriber;
import io.sluice.testing.client.SubscriberNotes;
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

/** Publishers and subscribers at each node of a cluster that is cut, and subscribers that go from one to the next all the time. */
public final class SplitTraffic implements AutoCloseable {

    // The subscribers at each node.
    private static final int SUBSCRIBERS = 3;
    private static final int WANDERERS = 4;
    private static final int SHOWN = 10;
    // Every second publisher has batches of this size.
    private static final int BATCH = 3;
    // This is a third of a lifetime: one subscriber is always connected.
    private static final Duration APART = Duration.ofMillis(700);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A receipt that a publisher got. */
    private record Receipt(EventId id, String data, Member by, long at) {

        @Override
        public String toString() {
            return id + " for " + data + " by " + by;
        }
    }

    /** An publisher at one node, and the thread that it is. */
    private record Station(Member at, AckedPublisher publisher, Thread thread) {}

    /** Takes what publishers are told at one node. */
    private final class Ledger implements AckedPublisher.Ledger {

        private final Member at;

        private Ledger(Member at) {
            this.at = at;
        }

        @Override
        public void acknowledge(EventId id, String data) {
            receipts.add(new Receipt(id, data, at, System.nanoTime()));
            registry.heard(id, data, "a publisher at " + at);
        }

        @Override
        public void wrong(String what) {
            registry.wrong("a publisher at " + at + ": " + what);
        }
    }

    private final SplitCluster cluster;
    private final EventRegistry registry;
    private final List<Station> stations = new ArrayList<>();
    private final Map<Member, List<ReconnectingSubscriber>> stationed = new HashMap<>();
    private final List<ReconnectingSubscriber> wanderers = new ArrayList<>();
    private final List<Thread> listening = new ArrayList<>();
    private final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();

    private SplitTraffic(SplitCluster cluster, EventRegistry registry) {
        this.cluster = cluster;
        this.registry = registry;
    }

    /** Begins, and waits until everybody has something; the name tells one test's topics from another's. */
    public static SplitTraffic begin(SplitCluster cluster, EventRegistry registry, String name) throws Exception {
        SplitTraffic traffic = new SplitTraffic(cluster, registry);
        for (Member member : cluster.members()) {
            traffic.write(member, name + member.host().number() + 'a', 1);
            traffic.write(member, name + member.host().number() + 'b', BATCH);
            List<ReconnectingSubscriber> subscribers = new ArrayList<>();
            for (int i = 0; i < SUBSCRIBERS; i++) {
                String subscriber = "subscriber " + i + " at " + member;
                subscribers.add(ReconnectingSubscriber.unfiltered(subscriber, member::process, registry)
                        .startLater(APART.multipliedBy(i)));
            }
            traffic.stationed.put(member, subscribers);
        }
        for (int i = 0; i < WANDERERS; i++) {
            traffic.wanderers.add(traffic.wanderer(i));
        }
        traffic.subscribers().forEach(subscriber -> traffic.listening.add(start(subscriber)));
        for (Member member : cluster.members()) {
            traffic.awaitProgress(member);
        }
        for (ReconnectingSubscriber subscriber : traffic.subscribers()) {
            Await.await(subscriber.name() + " has an event", PATIENCE, () -> subscriber.position() != null);
        }
        return traffic;
    }

    private void write(Member at, String topic, int batch) {
        AckedPublisher publisher =
                new AckedPublisher(() -> at.process().url() + "/events", new Ledger(at), topic, batch).pausing(PAUSE);
        stations.add(new Station(at, publisher, start(publisher)));
    }

    /** From node to node, in turn. */
    private ReconnectingSubscriber wanderer(int number) {
        AtomicInteger visits = new AtomicInteger(number);
        List<Member> members = cluster.members();
        return ReconnectingSubscriber.unfiltered(
                "wanderer " + number,
                () -> members.get(visits.getAndIncrement() % members.size()).process(),
                registry);
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private List<ReconnectingSubscriber> subscribers() {
        return Stream.concat(stationed.values().stream().flatMap(List::stream), wanderers.stream())
                .toList();
    }

    public List<ReconnectingSubscriber> at(Member member) {
        return stationed.getOrDefault(member, List.of());
    }

    // ---- how it gets on

    /** Waits until each publisher at a node was told twice more that its events are there; has the time that it took. */
    public Duration awaitProgress(Member member) throws Exception {
        long began = System.nanoTime();
        for (Station station : stations) {
            if (station.at().equals(member)) {
                int enough = station.publisher().published() + 2 * BATCH;
                Await.await(
                        station.publisher().topic() + " gets on at " + member,
                        PATIENCE,
                        () -> station.publisher().published() >= enough);
            }
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** The newest event of which all subscribers at a node have been told. */
    public EventId newestAt(Member member) {
        return at(member).stream()
                .map(ReconnectingSubscriber::position)
                .filter(Objects::nonNull)
                .min(Comparator.comparingLong(EventId::n))
                .orElseThrow();
    }

    /** Waits until all subscribers at a node are in an epoch. */
    public void awaitEpoch(Member member, String epoch) throws Exception {
        for (ReconnectingSubscriber subscriber : at(member)) {
            Await.await(subscriber.name() + " comes to epoch " + epoch, PATIENCE, () -> isIn(epoch, subscriber));
        }
    }

    private static boolean isIn(String epoch, ReconnectingSubscriber subscriber) {
        EventId position = subscriber.position();
        return position != null && position.epoch().equals(epoch);
    }

    /** Waits until all subscribers at a node are in another epoch, and has its name. */
    public String awaitAnotherEpoch(Member member, String epoch) throws Exception {
        for (ReconnectingSubscriber subscriber : at(member)) {
            Await.await(subscriber.name() + " leaves epoch " + epoch, PATIENCE, () -> !isIn(epoch, subscriber));
        }
        return newestAt(member).epoch();
    }

    /** Waits until the subscribers at all nodes are in the same epoch, and has its name. */
    public String awaitOneEpoch() throws Exception {
        Await.await("all nodes are in one epoch", PATIENCE, () -> epochs().size() == 1);
        return epochs().iterator().next();
    }

    private Set<String> epochs() {
        return cluster.members().stream()
                .flatMap(member -> at(member).stream())
                .map(subscriber -> String.valueOf(subscriber.position()))
                .map(position -> position.substring(0, position.lastIndexOf('-')))
                .collect(Collectors.toSet());
    }

    /** Waits until each wanderer has been at each node again, from the first to the last block. */
    public void awaitRound() throws Exception {
        for (ReconnectingSubscriber wanderer : wanderers) {
            int enough = wanderer.visits() + cluster.members().size() + 1;
            Await.await(wanderer.name() + " makes its round", PATIENCE, () -> wanderer.visits() >= enough);
        }
    }

    // ---- its end

    /** The publishers come to an end, all hear all of it, in one epoch, and go. */
    public void end(String epoch) throws Exception {
        stations.forEach(station -> station.publisher().leave());
        for (Station station : stations) {
            join(station.thread(), station.publisher().topic());
        }
        EventId newest = receipts.stream()
                .map(Receipt::id)
                .filter(id -> id.epoch().equals(epoch))
                .max(Comparator.comparingLong(EventId::n))
                .orElseThrow();
        for (ReconnectingSubscriber subscriber : subscribers()) {
            Await.await(subscriber.name() + " hears " + newest, PATIENCE, () -> hasHeard(newest, subscriber));
        }
        subscribers().forEach(ReconnectingSubscriber::leave);
        for (Thread thread : listening) {
            join(thread, "a subscriber");
        }
    }

    private static boolean hasHeard(EventId id, ReconnectingSubscriber subscriber) {
        EventId position = subscriber.position();
        return position != null && position.epoch().equals(id.epoch()) && position.n() >= id.n();
    }

    private static void join(Thread thread, String what) throws Exception {
        thread.join(PATIENCE.toMillis());
        if (thread.isAlive()) {
            fail(what + " does not come to an end");
        }
    }

    /** All acknowledged events are kept, but for those that losers acknowledged in their own epochs. */
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

    /** All events acknowledged since then are in one epoch. */
    public void assertNothingAcknowledgedBut(String epoch, long since) {
        List<Receipt> others = receipts.stream()
                .filter(receipt -> receipt.at() > since && !receipt.id().epoch().equals(epoch))
                .limit(SHOWN)
                .toList();
        assertEquals(List.of(), others, "acknowledged after healing, in another epoch than " + epoch);
    }

    /** No subscriber with the common past only was told of a gap. */
    public void assertGapsAfter(EventId past) {
        for (ReconnectingSubscriber subscriber : subscribers()) {
            for (SubscriberNotes.Step gap : subscriber.notes().gaps()) {
                boolean known =
                        gap.from().epoch().equals(past.epoch()) && gap.from().n() <= past.n();
                assertFalse(known, () -> subscriber + " had " + gap.from() + "\n    " + gap.around());
            }
        }
    }

    /** Each subscriber that changed to another epoch without a gap did so where that begins. */
    public void assertTurns() {
        for (ReconnectingSubscriber subscriber : subscribers()) {
            for (SubscriberNotes.Step turn : subscriber.notes().turns()) {
                long first = registry.first(turn.to().epoch());
                assertTrue(
                        turn.from().n() < first && turn.to().n() <= first,
                        () -> subscriber + " went from " + turn.from() + " to " + turn.to() + ", and " + first
                                + " is the first of its epoch\n    " + turn.around());
            }
        }
    }

    public void writeNotes(Path directory) throws IOException {
        for (ReconnectingSubscriber subscriber : subscribers()) {
            Path file = directory.resolve(subscriber.name().replace(' ', '-') + ".txt");
            Files.write(file, subscriber.notes().lines());
        }
    }

    @Override
    public void close() {
        stations.forEach(station -> station.publisher().leave());
        subscribers().forEach(ReconnectingSubscriber::leave);
    }
}
