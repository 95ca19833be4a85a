package io.sluice.testing.cluster;

import io.sluice.testing.client.AckedPublisher;
import io.sluice.testing.process.NodeProcess;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Authors and subscribers at all nodes, from the first to the last event; then each has to have what it should. */
public final class ClusterTraffic implements AutoCloseable {

    private static final int AUTHORS = 8;
    private static final int BATCH = 5; // of every fourth
    private static final int SUBSCRIBERS = 15;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Nodes nodes;
    private final String name; // so that what was there before is told apart
    private final DeliveryLedger chronicle = new DeliveryLedger();
    private final List<AckedPublisher> authors = new ArrayList<>();
    private final List<ReconnectingSubscriber> subscribers = new ArrayList<>();
    private final List<Thread> writing = new ArrayList<>();
    private final List<Thread> listening = new ArrayList<>();
    private final Map<String, Integer> published = new TreeMap<>(); // what others have

    private ClusterTraffic(Nodes nodes, String name) {
        this.nodes = nodes;
        this.name = name;
    }

    /** Begins with subscribers, a third of them filtered, and authors once they are there. */
    public static ClusterTraffic begin(Nodes nodes, String name) throws InterruptedException {
        ClusterTraffic traffic = new ClusterTraffic(nodes, name);
        for (int i = 0; i < SUBSCRIBERS; i++) {
            traffic.subscribe(i);
        }
        for (ReconnectingSubscriber subscriber : traffic.subscribers) {
            subscriber.awaitPosition();
        }
        for (int i = 0; i < AUTHORS; i++) {
            AckedPublisher author = traffic.author(traffic.topic(i), i % 4 == 0 ? BATCH : 1);
            traffic.authors.add(author);
            traffic.writing.add(start(author));
        }
        return traffic;
    }

    private void subscribe(int i) {
        add(
                i % 3 == 0
                        ? ReconnectingSubscriber.filtered(chronicle, nodes::anyNode, topic(i % AUTHORS))
                        : ReconnectingSubscriber.unfiltered(chronicle, nodes::anyNode));
    }

    private void add(ReconnectingSubscriber subscriber) {
        subscribers.add(subscriber);
        listening.add(start(subscriber));
    }

    private String topic(int author) {
        return name + author;
    }

    private AckedPublisher author(String topic, int batch) {
        return new AckedPublisher(nodes, chronicle, topic, batch);
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    public DeliveryLedger chronicle() {
        return chronicle;
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
                    chronicle, () -> nodes.nodes().contains(node) ? node : nodes.anyNode(), topic(i % AUTHORS)));
        }
        crowd.forEach(this::add);
        for (ReconnectingSubscriber subscriber : crowd) {
            subscriber.awaitPosition();
        }
        return crowd;
    }

    /** A client that was away since the first event comes to a node that has just begun. */
    public void comeBackTo(NodeProcess node) {
        add(ReconnectingSubscriber.after(
                chronicle,
                () -> nodes.nodes().contains(node) ? node : nodes.anyNode(),
                subscribers.get(1).epoch(),
                chronicle.first()));
    }

    /** Publishes at a node which is killed while it has to answer; asks the others then, with the same keys. */
    public void killWhilePublishing(NodeProcess node, int count, String what) throws Exception {
        List<AckedPublisher> askers = new ArrayList<>();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            askers.add(author(name + what + i, 1));
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), node.port()));
        }
        for (int i = 0; i < count; i++) {
            sockets.get(i).getOutputStream().write(askers.get(i).post());
        }
        nodes.kill(node);
        for (int i = 0; i < count; i++) {
            sockets.get(i).close();
            askers.get(i).publish(1, 1);
            expect(askers.get(i).topic(), 1);
        }
    }

    /** Waits until all authors have published again. */
    public void awaitProgress() throws InterruptedException {
        List<Integer> before = authors.stream().map(AckedPublisher::published).toList();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; i < AUTHORS; i++) {
            while (authors.get(i).published() < before.get(i) + 2 * BATCH) {
                if (System.nanoTime() > deadline) {
                    chronicle.wrong(authors.get(i).topic() + " does not get on");
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    // ---- its end

    /** The authors come to an end, the subscribers hear all of it, and nothing was wrong. */
    public void assertPromise() throws InterruptedException {
        authors.forEach(AckedPublisher::leave);
        for (Thread thread : writing) {
            thread.join(PATIENCE.toMillis());
        }
        authors.forEach(author -> expect(author.topic(), author.published()));
        long newest = chronicle.newestAcknowledged();
        for (ReconnectingSubscriber subscriber : subscribers) {
            subscriber.await(newest, published.getOrDefault(subscriber.topic(), 0), PATIENCE);
        }
        leave();
        chronicle.assertPromise(published);
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
        authors.forEach(AckedPublisher::leave);
        subscribers.forEach(ReconnectingSubscriber::leave);
    }
}
