package io.sluice.testing.cluster;

import io.sluice.log.EventId;
import io.sluice.testing.Await;
import io.sluice.testing.client.AckedPublisher;
import io.sluice.testing.client.ReconnectingSubscriber;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A publisher and two subscribers for each of many named streams, at any node; then each has to have what it should. */
public final class NamedTraffic implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration PAUSE = Duration.ofMillis(60);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PROGRESS = 3;
    // Every fourth publisher has batches of this size.
    private static final int BATCH = 4;

    /** What the subscribers of one stream heard. */
    private final class One {

        private final String path;
        private final DeliveryLedger ledger = new DeliveryLedger();
        private final AckedPublisher publisher;
        private final List<ReconnectingSubscriber> subscribers = new ArrayList<>();

        private One(String name, int batch) {
            this.path = "/chat/" + name;
            this.publisher = new AckedPublisher(() -> nodes.anyNode().url() + path, ledger, name, batch).pausing(PAUSE);
        }

        private ReconnectingSubscriber subscribe() {
            ReconnectingSubscriber subscriber = ReconnectingSubscriber.unfiltered(
                            "a subscriber to " + path, nodes::anyNode, ledger)
                    .to(path);
            subscribers.add(subscriber);
            return subscriber;
        }
    }

    private final Nodes nodes;
    private final List<One> streams = new ArrayList<>();
    private final List<Thread> writing = new ArrayList<>();
    private final List<Thread> listening = new ArrayList<>();

    private NamedTraffic(Nodes nodes) {
        this.nodes = nodes;
    }

    /** Makes so many streams, and begins with their subscribers. The names begin as {@code prefix} says. */
    public static NamedTraffic begin(Nodes nodes, String prefix, int count) throws Exception {
        NamedTraffic traffic = new NamedTraffic(nodes);
        for (int i = 0; i < count; i++) {
            One one = traffic.new One(prefix + i, i % 4 == 0 ? BATCH : 1);
            traffic.streams.add(one);
            put(nodes.anyNode().url() + one.path);
            traffic.listening.add(start(one.subscribe()));
            traffic.listening.add(start(one.subscribe()));
        }
        for (One one : traffic.streams) {
            for (ReconnectingSubscriber subscriber : one.subscribers) {
                subscriber.awaitPosition();
            }
            traffic.writing.add(start(one.publisher));
        }
        return traffic;
    }

    private static void put(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .PUT(BodyPublishers.noBody())
                .build();
        int status = CLIENT.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 201) {
            throw new AssertionError("PUT " + url + ": " + status);
        }
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Lets each stream continue in another epoch from now on. */
    public void expectEpochs() {
        streams.forEach(one -> one.ledger.expectEpochs());
    }

    /** Waits until all streams have got on. */
    public void awaitProgress() throws Exception {
        List<Integer> before =
                streams.stream().map(one -> one.publisher.published()).toList();
        for (int i = 0; i < streams.size(); i++) {
            One one = streams.get(i);
            int enough = before.get(i) + PROGRESS;
            Await.await(one.path + " gets on", PATIENCE, () -> one.publisher.published() > enough);
        }
    }

    /** A client of each stream that was away since the first event comes to a node that has just begun. */
    public void comeBackTo(NodeProcess node) {
        for (One one : streams) {
            EventId last =
                    Objects.requireNonNull(one.subscribers.get(0).position()).at(one.ledger.first());
            ReconnectingSubscriber away = ReconnectingSubscriber.unfiltered(
                            "a subscriber that was away from " + one.path,
                            () -> nodes.nodes().contains(node) ? node : nodes.anyNode(),
                            one.ledger)
                    .to(one.path)
                    .startAfter(last);
            one.subscribers.add(away);
            listening.add(start(away));
        }
    }

    /** The publishers end, the subscribers hear all of each stream, and nothing was wrong. */
    public void assertPromise() throws InterruptedException {
        streams.forEach(one -> one.publisher.leave());
        for (Thread thread : writing) {
            thread.join(PATIENCE.toMillis());
        }
        for (One one : streams) {
            for (ReconnectingSubscriber subscriber : one.subscribers) {
                subscriber.await(one.ledger.newestAcknowledged(), 0, PATIENCE);
            }
        }
        leave();
        for (One one : streams) {
            one.ledger.assertPromise(Map.of(one.publisher.topic(), one.publisher.published()));
        }
        nodes.assertQuiet();
    }

    private void leave() throws InterruptedException {
        streams.forEach(one -> one.subscribers.forEach(ReconnectingSubscriber::leave));
        for (Thread thread : listening) {
            thread.join(PATIENCE.toMillis());
        }
    }

    @Override
    public void close() {
        for (One one : streams) {
            one.publisher.leave();
            one.subscribers.forEach(ReconnectingSubscriber::leave);
        }
    }
}
