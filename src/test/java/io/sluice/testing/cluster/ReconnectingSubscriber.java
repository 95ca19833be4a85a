package io.sluice.testing.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.soak.Answers;
import io.sluice.testing.client.Subscriber;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that comes back whenever its response ends, to whichever node it is told, with the last id that it saw; and
 * holds the nodes to their promise, event by event.
 */
public final class ReconnectingSubscriber implements Runnable, Answers.Reader {

    private static final int PATIENCE_MILLIS = 20_000; // without a byte; heartbeats come every 15 s
    private static final long NOWHERE = -1;

    private final DeliveryLedger chronicle;
    private final Supplier<NodeProcess> where;
    private final String topic; // the only one, or empty
    private String epoch = "";
    private long last;
    private int sequence; // of the topic
    private int visits;
    private boolean ended;
    private volatile boolean over;
    private volatile @Nullable Socket connection;
    private volatile @Nullable NodeProcess at;

    private ReconnectingSubscriber(
            DeliveryLedger chronicle, Supplier<NodeProcess> where, String topic, String epoch, long last) {
        this.chronicle = chronicle;
        this.where = where;
        this.topic = topic;
        this.epoch = epoch;
        this.last = last;
    }

    /** Hears all from now on. */
    public static ReconnectingSubscriber unfiltered(DeliveryLedger chronicle, Supplier<NodeProcess> where) {
        return new ReconnectingSubscriber(chronicle, where, "", "", NOWHERE);
    }

    /** Hears all from an event on that it has. */
    public static ReconnectingSubscriber after(
            DeliveryLedger chronicle, Supplier<NodeProcess> where, String epoch, long last) {
        return new ReconnectingSubscriber(chronicle, where, "", epoch, last);
    }

    /** Hears one topic from its newest event on. */
    public static ReconnectingSubscriber filtered(DeliveryLedger chronicle, Supplier<NodeProcess> where, String topic) {
        return new ReconnectingSubscriber(chronicle, where, topic, "", NOWHERE);
    }

    // ---- where it is

    @Nullable
    public NodeProcess at() {
        return at;
    }

    public String topic() {
        return topic;
    }

    public synchronized String epoch() {
        return epoch;
    }

    /** Waits until it has an id. */
    public synchronized void awaitPosition() throws InterruptedException {
        for (int turns = 0; last == NOWHERE && turns < 30; turns++) {
            wait(1000);
        }
        if (last == NOWHERE) {
            chronicle.wrong(this + " has got nothing");
        }
    }

    /** Waits until it has an event, or with a topic, that many of it. */
    public synchronized void await(long n, int count, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (topic.isEmpty() ? last < n : sequence < count) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                chronicle.wrong(this + " waits for " + n + ", or sequence " + count);
                return;
            }
            wait(millis);
        }
    }

    @Override
    public synchronized String toString() {
        return "a subscriber to " + (topic.isEmpty() ? "all" : topic) + " on visit " + visits + " at " + last
                + ", sequence " + sequence;
    }

    // ---- coming and going

    @Override
    public void run() {
        while (!over) {
            try {
                visit(where.get());
            } catch (NoSuchElementException e) {
                return;
            } catch (IOException e) {
                // the node has died; there are others
            } catch (InterruptedException | RuntimeException e) {
                chronicle.wrong(this + ": " + e);
                return;
            }
            pause();
        }
    }

    private void visit(NodeProcess node) throws IOException, InterruptedException {
        ended = false;
        visits++;
        at = node;
        Answers answers = new Answers(this);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
            connection = socket;
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request().getBytes(ISO_8859_1));
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[16 * 1024];
            for (int count = in.read(bytes); count >= 0 && !ended && !over; count = in.read(bytes)) {
                answers.take(ByteBuffer.wrap(bytes, 0, count));
                if (ended) {
                    return;
                }
            }
        }
    }

    private synchronized String request() {
        return "GET /events" + (topic.isEmpty() ? "" : "?topic=" + topic) + " HTTP/1.1\r\nHost: localhost\r\n"
                + (last == NOWHERE ? "" : "Last-Event-ID: " + epoch + '-' + last + "\r\n")
                + "\r\n";
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(100)); // they do not all come at once
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public void leave() {
        over = true;
        Socket open = connection;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            chronicle.wrong(this + " cannot leave: " + e);
        }
    }

    // ---- what it is told

    @Override
    public boolean head(String head) {
        if (!head.startsWith("HTTP/1.1 200 OK\r\n")) {
            chronicle.wrong(this + " is answered " + head.lines().findFirst().orElse(""));
        }
        return true;
    }

    @Override
    public synchronized void block(String block) {
        Subscriber.Block told = new Subscriber.Block(block);
        String id = told.id();
        String data = told.data();
        if ("close".equals(told.event())) {
            if (!"{}".equals(data) && !"{\"reason\":\"drain\"}".equals(data)) {
                chronicle.wrong(this + " is closed: " + data);
            }
        } else if (told.event() != null) {
            chronicle.wrong(this + " is told " + block);
        } else if (id != null) {
            String named = id.substring(0, id.lastIndexOf('-'));
            if (!epoch.isEmpty() && !epoch.equals(named) && !chronicle.mayHaveEpochs()) {
                chronicle.wrong(this + " is in epoch " + named + " now");
            }
            epoch = named;
            if (data == null) {
                position(told.n());
            } else {
                event(told.n(), data);
            }
            notifyAll();
        }
    }

    private void position(long n) {
        if (last != NOWHERE && (topic.isEmpty() ? n != last : n < last)) {
            chronicle.wrong(this + " is put at " + n);
        }
        last = n;
    }

    private void event(long n, String data) {
        if (last != NOWHERE && (topic.isEmpty() ? n != last + 1 : n <= last)) {
            chronicle.wrong(this + " hears " + n);
        }
        if (!topic.isEmpty()) {
            int heard = Integer.parseInt(data.substring(topic.length() + 2, data.length() - 1));
            if (last != NOWHERE && heard != sequence + 1) {
                chronicle.wrong(this + " hears " + data);
            }
            sequence = heard;
        }
        last = n;
        chronicle.hear(n, data);
    }

    @Override
    public void end() {
        ended = true;
    }
}
