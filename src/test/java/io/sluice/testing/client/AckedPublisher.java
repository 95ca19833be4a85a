package io.sluice.testing.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sluice.log.EventId;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Publishes {@code "topic sequence"} on one topic over HTTP, some events at a time. It sends each batch until a node
 * acknowledges it, always with the same key.
 */
public final class AckedPublisher implements Runnable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    // Both sides of a split take events before.
    private static final Duration PERSISTENCE = Duration.ofSeconds(60);
    private static final int RETRY_MILLIS = 20;

    /** Keeps what a publisher is told. */
    public interface Ledger {

        /** The log has an event, as a receipt says, under this id. */
        void acknowledge(EventId id, String data);

        /** Something broke the promise. */
        void wrong(String what);
    }

    /** The stream to publish to. */
    public interface Target {

        /**
         * The URL of a stream.
         *
         * @throws NoSuchElementException where there is no node any more, which ends the publisher
         */
        String url() throws InterruptedException;
    }

    private final Target target;
    private final Ledger ledger;
    private final String topic;
    private final int batch;
    private final CountDownLatch over = new CountDownLatch(1);
    private Duration pause = Duration.ofMillis(RETRY_MILLIS);
    private Duration persistence = PERSISTENCE;
    private String padding = "";
    private volatile int sequence;

    public AckedPublisher(Target target, Ledger ledger, String topic, int batch) {
        this.target = target;
        this.ledger = ledger;
        this.topic = topic;
        this.batch = batch;
    }

    /** Has it pause between its batches. */
    public AckedPublisher pausing(Duration between) {
        pause = between;
        return this;
    }

    /** Has it send each batch once only. */
    public AckedPublisher withoutRetry() {
        persistence = Duration.ZERO;
        return this;
    }

    /** Has each event be that much longer. */
    public AckedPublisher padding(int bytes) {
        padding = ' ' + "x".repeat(bytes);
        return this;
    }

    public String topic() {
        return topic;
    }

    /** How many events it has published. */
    public int published() {
        return sequence;
    }

    /** Ends it after the batch under way. */
    public void leave() {
        over.countDown();
    }

    @Override
    public void run() {
        try {
            do {
                publishNext();
            } while (!over.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (NoSuchElementException e) {
            leave();
        } catch (InterruptedException | RuntimeException e) {
            ledger.wrong(topic + " stops: " + e);
        }
    }

    /** Publishes one more batch, unless it has come to its end. */
    public void publishNext() throws InterruptedException {
        if (over.getCount() > 0) {
            int first = sequence + 1;
            publish(first, batch);
            sequence = first + batch - 1;
        }
    }

    /** Publishes an event of a sequence, and the next ones, until a node says that they are there. */
    public void publish(int first, int count) throws InterruptedException {
        String body = IntStream.range(first, first + count).mapToObj(this::data).collect(Collectors.joining("\n"));
        String problem;
        long deadline = System.nanoTime() + persistence.toNanos();
        do {
            try {
                HttpResponse<String> answer = CLIENT.send(request(first, body), BodyHandlers.ofString());
                if (answer.statusCode() == 201) {
                    acknowledge(answer.body(), first, count);
                    return;
                }
                problem = answer.statusCode() + " " + answer.body();
                if (answer.statusCode() != 503) {
                    break;
                }
            } catch (IOException e) {
                // The node has died. Another one may know the answer.
                problem = e.toString();
            }
        } while (isWorthAnotherTry(deadline));
        ledger.wrong(topic + " " + first + " is not taken: " + problem);
        // The next batch might leave a hole.
        leave();
    }

    private static boolean isWorthAnotherTry(long deadline) {
        if (System.nanoTime() - deadline >= 0) {
            return false;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
        return true;
    }

    private HttpRequest request(int first, String body) throws InterruptedException {
        return HttpRequest.newBuilder(URI.create(target.url() + "?topic=" + topic))
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", key(first))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    /** The bytes of the first request, of one event. */
    public byte[] post() {
        return ("POST /events?topic=" + topic + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                        + "Idempotency-Key: " + key(1) + "\r\nContent-Length: " + data(1).length() + "\r\n\r\n"
                        + data(1))
                .getBytes(US_ASCII);
    }

    /** A line of a request's body. */
    private String data(int sequence) {
        return "\"" + topic + ' ' + sequence + padding + '"';
    }

    private String key(int first) {
        return topic + '-' + first;
    }

    private void acknowledge(String answer, int first, int count) {
        EventId last = Objects.requireNonNull(EventId.parse(new JsonObject(answer).getString("id")), answer);
        for (int i = 0; i < count; i++) {
            ledger.acknowledge(last.at(last.n() - count + 1 + i), data(first + i));
        }
    }
}
