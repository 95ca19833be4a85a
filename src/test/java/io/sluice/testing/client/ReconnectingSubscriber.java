package io.sluice.testing.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.log.EventId;
import io.sluice.testing.process.NodeProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that comes back with its last id whenever its response ends, to the node that it is told, and holds the nodes to
 * their promise, block by block.
 */
public final class ReconnectingSubscriber implements Runnable {

    /** Takes what subscribers hear, and what breaks the promise. Says what the promise is. */
    public interface Observer {

        void heard(EventId id, String data, String subscriber);

        void wrong(String what);

        /** Whether events may be lost, with a gap in their place. */
        default boolean mayHaveGaps() {
            return false;
        }

        /** Whether the log may continue in another epoch. */
        default boolean mayHaveEpochs() {
            return false;
        }

        /** Whether the stream may end, with which the subscriber goes. */
        default boolean mayEnd() {
            return false;
        }

        /** Whether a node may die while a subscriber is connected to it. */
        default boolean mayLoseNodes() {
            return false;
        }
    }

    // The longest time without a byte; heartbeats come every 15 s.
    private static final int SILENCE_MILLIS = 20_000;
    private static final int MOST_PAUSE_MILLIS = 100;
    private static final Duration FIRST_ID = Duration.ofSeconds(30);

    private final String name;
    private final Supplier<NodeProcess> where;
    // The only topic, or empty.
    private final String topic;
    private final Observer observer;
    // Notes and check are guarded by this.
    private final SubscriberNotes notes = new SubscriberNotes();
    private final PromiseCheck check;
    private final CountDownLatch over = new CountDownLatch(1);
    private Duration firstPause = Duration.ZERO;
    private String path = "/events";
    private int visits;
    private volatile @Nullable Socket connection;
    private volatile @Nullable NodeProcess at;

    private ReconnectingSubscriber(String name, Supplier<NodeProcess> where, String topic, Observer observer) {
        this.name = name;
        this.where = where;
        this.topic = topic;
        this.observer = observer;
        this.check = topic.isEmpty() ? PromiseCheck.unfiltered(new Told()) : PromiseCheck.sequences(false, new Told());
    }

    /** Hears all events from now on. */
    public static ReconnectingSubscriber unfiltered(String name, Supplier<NodeProcess> where, Observer observer) {
        return new ReconnectingSubscriber(name, where, "", observer);
    }

    /** Hears one topic from its newest event on; its events are {@code "topic sequence"}. */
    public static ReconnectingSubscriber filtered(Supplier<NodeProcess> where, String topic, Observer observer) {
        return new ReconnectingSubscriber("a subscriber to " + topic, where, topic, observer);
    }

    /** Has it subscribe to another stream than {@code events}. */
    public ReconnectingSubscriber to(String streamPath) {
        path = streamPath;
        return this;
    }

    /** Has it begin after an event. */
    public ReconnectingSubscriber startAfter(EventId last) {
        check.startAfter(last);
        return this;
    }

    /** Has it come so much later. */
    public ReconnectingSubscriber startLater(Duration pause) {
        firstPause = pause;
        return this;
    }

    @Override
    public synchronized String toString() {
        return name + " on visit " + visits + " at " + check.position();
    }

    // ---- where it is

    public String name() {
        return name;
    }

    /** The node of its last visit. */
    public @Nullable NodeProcess at() {
        return at;
    }

    public String topic() {
        return topic;
    }

    public synchronized @Nullable EventId position() {
        return check.position();
    }

    public synchronized int visits() {
        return visits;
    }

    /** Its notes. They are not to be changed. */
    public synchronized SubscriberNotes notes() {
        return notes.copy();
    }

    /** Waits until it has an id. */
    public synchronized void awaitPosition() throws InterruptedException {
        await(FIRST_ID, "an id", () -> check.position() != null);
    }

    /** Waits until it has an event. With a topic, until it has that many of it. */
    public synchronized void await(long n, int count, Duration patience) throws InterruptedException {
        String what = topic.isEmpty() ? "event " + n : "event " + count + " of " + topic;
        await(patience, what, () -> topic.isEmpty() ? check.n() >= n : check.sequence(topic) >= count);
    }

    private synchronized void await(Duration patience, String what, Supplier<Boolean> condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.get()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (millis <= 0) {
                observer.wrong(this + " waits for " + what);
                return;
            }
            wait(millis);
        }
    }

    // ---- coming and going

    @Override
    public void run() {
        try {
            long pause = firstPause.toMillis();
            while (!over.await(pause, TimeUnit.MILLISECONDS)) {
                visit(where.get());
                // Subscribers do not all come at once.
                pause = ThreadLocalRandom.current().nextInt(MOST_PAUSE_MILLIS);
            }
        } catch (NoSuchElementException e) {
            // No node lives any more.
            leave();
        } catch (InterruptedException | RuntimeException e) {
            wrong("fails: " + e);
        }
    }

    private void visit(NodeProcess node) throws InterruptedException {
        arrive(node);
        URI url = URI.create(node.url());
        Response response = new Response();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            connection = socket;
            socket.setSoTimeout(SILENCE_MILLIS);
            socket.getOutputStream().write(request());
            response.readFrom(socket.getInputStream());
        } catch (IOException e) {
            lose(e.toString());
        }
    }

    private synchronized void arrive(NodeProcess node) throws InterruptedException {
        at = node;
        visits++;
        check.open();
        notes.add("comes to " + node.url() + " with " + check.position());
    }

    private synchronized byte[] request() {
        EventId last = check.position();
        String request = "GET " + path + (topic.isEmpty() ? "" : "?topic=" + topic) + " HTTP/1.1\r\nHost: localhost\r\n"
                + (last == null ? "" : "Last-Event-ID: " + last + "\r\n") + "\r\n";
        return request.getBytes(ISO_8859_1);
    }

    /** A connection ends before its response does. */
    private void lose(String why) {
        if (!hasLeft() && !observer.mayLoseNodes()) {
            wrong("loses its connection: " + why);
        }
    }

    /** Goes for good. */
    public void leave() {
        over.countDown();
        Socket open = connection;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            observer.wrong(this + " cannot leave: " + e);
        }
    }

    /** Whether it has gone for good. */
    public boolean hasLeft() {
        return over.getCount() == 0;
    }

    // ---- what it is told

    private synchronized void take(SseBlock block) {
        check.take(block);
        notifyAll();
    }

    private synchronized void wrong(String what) {
        notes.add("WRONG: " + what);
        observer.wrong(this + " " + what + "\n    " + notes.newest());
    }

    private final class Response implements HttpResponseParser.Handler {

        private final HttpResponseParser http = new HttpResponseParser(this);
        private final SseParser blocks = SseBlock.parser(ReconnectingSubscriber.this::take);
        private boolean ended;

        private void readFrom(InputStream in) throws IOException {
            byte[] bytes = new byte[16 * 1024];
            while (!ended && !hasLeft()) {
                int count = in.read(bytes);
                if (count < 0) {
                    lose("the response does not end");
                    return;
                }
                http.take(bytes, 0, count);
            }
        }

        @Override
        public boolean head(String head) {
            ended = !head.startsWith("HTTP/1.1 200 OK\r\n");
            if (ended) {
                wrong("is answered " + head.lines().findFirst().orElse(""));
            }
            return !ended;
        }

        @Override
        public void body(byte[] bytes, int from, int to) {
            blocks.take(bytes, from, to);
        }

        @Override
        public void end() {
            ended = true;
            http.stop();
            endResponse();
        }
    }

    private synchronized void endResponse() {
        check.end();
    }

    private final class Told implements PromiseCheck.Listener {

        @Override
        public void wrong(String what) {
            ReconnectingSubscriber.this.wrong(what);
        }

        @Override
        public void event(EventId id, SseBlock block) {
            notes.heard(id);
            if (!block.isMessage()) {
                wrong("is told " + block.text());
            }
            observer.heard(id, String.valueOf(block.data()), name);
        }

        @Override
        public void position(EventId id) {
            notes.position(id);
            check.startAtFirst(topic);
        }

        @Override
        public void gap(@Nullable EventId from, EventId to, @Nullable Long lost) {
            notes.gap(from, to, lost, !check.isFirst());
            if (from == null || !observer.mayHaveGaps()) {
                wrong("is told of a gap to " + to + ", and had " + from);
            }
        }

        @Override
        public void epochChanged(EventId from, EventId to) {
            notes.turn(from, to);
            if (!observer.mayHaveEpochs()) {
                wrong("is in epoch " + to.epoch() + " now");
            }
        }

        @Override
        public void close(String data) {
            notes.add("close " + data);
            if (observer.mayEnd() && data.equals("{\"reason\":\"end\"}")) {
                over.countDown();
                return;
            }
            if (!List.of("{}", "{\"reason\":\"drain\"}").contains(data)) {
                wrong("is closed: " + data);
            }
        }
    }
}
