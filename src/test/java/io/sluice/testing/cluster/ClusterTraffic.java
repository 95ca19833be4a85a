package io.sluice.testing.cluster;

import io.sluice.log.EventId;
import io.sluice.testing.Await;
import io.sluice.testing.client.AckedPublisher;
import io.sluice.testing.client.ReconnectingSubscriber;
import io.sluice.testing.process.NodeProcess;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Publishers and subscribers at all nodes, from the first to the last event; then each has to have what it should. */
public final class ClusterTraffic implements AutoCloseable {

    private static final int PUBLISHERS = 8;
    // Every fourth publisher has batches of this size.
    private static final int BATCH = 5;
    private static final int SUBSCRIBERS = 15;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Nodes nodes;
    // The name tells this traffic's topics from earlier ones.
    private final String name;
    private final DeliveryLedger ledger = new DeliveryLedger();
    private final List<AckedPublisher> publishers = new ArrayList<>();
    private final List<ReconnectingSubscriber> subscribers = new ArrayList<>();
    private final List<Thread> writing = new ArrayList<>();
    private final List<Thread> listening = new ArrayList<>();
    // The number of events of each topic.
    private final Map<String, Integer> published = new TreeMap<>();

    private ClusterTraffic(Nodes nodes, String name) {
        this.nodes = nodes;
        this.name = name;
    }

    /** Begins with subscribers, a third of them filtered, and publishers once they are there. */
    public static ClusterTraffic begin(Nodes nodes, String name) throws InterruptedException {
        ClusterTraffic traffic = new ClusterTraffic(nodes, name);
        for (int i = 0; i < SUBSCRIBERS; i++) {
            traffic.subscribe(i);
        }
        for (ReconnectingSubscriber subscriber : traffic.subscribers) {
            subscriber.awaitPosition();
        }
        for (int i = 0; i < PUBLISHERS; i++) {
            AckedPublisher publisher = traffic.publisher(traffic.topic(i), i % 4 == 0 ? BATCH : 1);
            traffic.publishers.add(publisher);
            traffic.writing.add(start(publisher));
        }
        return traffic;
    }

    private void subscribe(int i) {
        add(
                i % 3 == 0
                        ? ReconnectingSubscriber.filtered(nodes::anyNode, topic(i % PUBLISHERS), ledger)
                        : ReconnectingSubscriber.unfiltered("a subscriber to all", nodes::anyNode, ledger));
    }

    private void add(ReconnectingSubscriber subscriber) {
        subscribers.add(subscriber);
        listening.add(start(subscriber));
    }

    private String topic(int publisher) {
        return name + publisher;
    }

    private AckedPublisher publisher(String topic, int batch) {
        return new AckedPublisher(() -> nodes.anyNode().url() + "/events", ledger, topic, batch);
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    public DeliveryLedger ledger() {
        return ledger;
    }

    // ---- more of it

    /** Somebody else publishes that many of a topic, {@code "topic sequence"}. */
    public void expect(String topic, int count) {
        published.put(topic, count);
    }

    /** Many clients at one node, with one topic each; they wander once they have lost it. */
    public List<ReconnectingSubscriber> crowd(NodeProcess node, int size) throws InterruptedException {
        List<ReconnectingSubscriber> crowd = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            crowd.add(ReconnectingSubscriber.filtered(
                    () -> nodes.nodes().contains(node) ? node : nodes.anyNode(), topic(i % PUBLISHERS), ledger));
        }
        crowd.forEach(this::add);
        for (ReconnectingSubscriber subscriber : crowd) {
            subscriber.awaitPosition();
        }
        return crowd;
    }

    /** A client that was away since the first event comes to a node that has just begun. */
    public void comeBackTo(NodeProcess node) {
        EventId last = Objects.requireNonNull(subscribers.get(1).position()).at(ledger.first());
        add(ReconnectingSubscriber.unfiltered(
                        "a subscriber that was away",
                        () -> nodes.nodes().contains(node) ? node : nodes.anyNode(),
                        ledger)
                .startAfter(last));
    }

    /** Publishes at a node which is killed while it has to answer; asks the others then, with the same keys. */
    public void killWhilePublishing(NodeProcess node, int count, String what) throws Exception {
        List<AckedPublisher> lonely = new ArrayList<>();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lonely.add(publisher(name + what + i, 1));
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), node.port()));
        }
        for (int i = 0; i < count; i++) {
            sockets.get(i).getOutputStream().write(lonely.get(i).post());
        }
        nodes.kill(node);
        for (int i = 0; i < count; i++) {
            sockets.get(i).close();
            lonely.get(i).publish(1, 1);
            expect(lonely.get(i).topic(), 1);
        }
    }

    /** Waits until all publishers have published again. */
    public void awaitProgress() throws Exception {
        List<Integer> before =
                publishers.stream().map(AckedPublisher::published).toList();
        for (int i = 0; i < PUBLISHERS; i++) {
            AckedPublisher publisher = publishers.get(i);
            int enough = before.get(i) + 2 * BATCH;
            if (!Await.holds(PATIENCE, () -> publisher.published() >= enough)) {
                ledger.wrong(publisher.topic() + " does not get on");
                return;
            }
        }
    }

    // ---- its end

    /** The publishers end, the subscribers hear all of it, and nothing was wrong. */
    public void assertPromise() throws InterruptedException {
        publishers.forEach(AckedPublisher::leave);
        for (Thread thread : writing) {
            thread.join(PATIENCE.toMillis());
        }
        publishers.forEach(publisher -> expect(publisher.topic(), publisher.published()));
        long newest = ledger.newestAcknowledged();
        for (ReconnectingSubscriber subscriber : subscribers) {
            subscriber.await(newest, published.getOrDefault(subscriber.topic(), 0), PATIENCE);
        }
        leave();
        ledger.assertPromise(published);
        nodes.assertQuiet();
    }

    private void leave() throws InterruptedException {
        subscribers.forEach(ReconnectingSubscriber::leave);
        for (Thread thread : listening) {
            thread.join(PATIENCE.toMillis());
        }
    }

    @Override
    public void close() {
        publishers.forEach(AckedPublisher::leave);
        subscribers.forEach(ReconnectingSubscriber::leave);
    }
}
