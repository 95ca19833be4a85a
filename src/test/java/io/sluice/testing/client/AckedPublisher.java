package io.sluice.testing.client;

import io.sluice.log.EventId;
import io.sluice.testing.cluster.Nodes;
import io.sluice.testing.process.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Publishes on a topic of its own over HTTP, at any node, some events at a time, and each until it is acknowledged. */
public final class AckedPublisher implements Runnable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration PERSISTENCE = Duration.ofSeconds(60); // both sides of a split go on before
    private static final int RETRY_MILLIS = 20;

    /** Who keeps what it is told. */
    public interface Ledger {

        /** The log has it, as it says, under this id. */
        void acknowledge(EventId id, String data);

        /** Something broke the promise. */
        void wrong(String what);
    }

    private final Supplier<NodeProcess> where;
    private final Ledger ledger;
    private final String topic;
    private final int batch;
    private final Duration pause;
    private volatile int sequence;
    private volatile boolean over;

    /** At any of the nodes, as fast as it is acknowledged. */
    public AckedPublisher(Nodes nodes, Ledger ledger, String topic, int batch) {
        this(nodes::anyNode, ledger, topic, batch, Duration.ofMillis(RETRY_MILLIS));
    }

    public AckedPublisher(Supplier<NodeProcess> where, Ledger ledger, String topic, int batch, Duration pause) {
        this.where = where;
        this.ledger = ledger;
        this.topic = topic;
        this.batch = batch;
        this.pause = pause;
    }

    public String topic() {
        return topic;
    }

    /** How many it has published. */
    public int published() {
        return sequence;
    }

    public void leave() {
        over = true;
    }

    @Override
    public void run() {
        try {
            while (!over) {
                int first = sequence + 1;
                publish(first, batch);
                sequence = first + batch - 1;
                TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            }
        } catch (NoSuchElementException e) {
            over = true;
        } catch (InterruptedException | RuntimeException e) {
            ledger.wrong(topic + " stops: " + e);
        }
    }

    /** Publishes {@code "topic sequence"}, and the next ones, until somebody says that they are there. */
    public void publish(int first, int count) throws InterruptedException {
        String body = IntStream.range(first, first + count).mapToObj(this::data).collect(Collectors.joining("\n"));
        String problem = "";
        for (long deadline = System.nanoTime() + PERSISTENCE.toNanos(); System.nanoTime() < deadline; ) {
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
                problem = e.toString(); // its node has died; another one knows
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
        ledger.wrong(topic + " " + first + " is not taken: " + problem);
    }

    private HttpRequest request(int first, String body) throws InterruptedException {
        return HttpRequest.newBuilder(URI.create(where.get().url() + "/events?topic=" + topic))
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
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** A line of a request's body. */
    private String data(int sequence) {
        return "\"" + topic + ' ' + sequence + '"';
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
