package io.sluice.node;

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
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Publishes on a topic of its own over HTTP, at any node, some events at a time, and each until it is acknowledged. */
final class Author implements Runnable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int ATTEMPTS = 500;
    private static final int PAUSE_MILLIS = 20;

    private final Nodes nodes;
    private final Chronicle chronicle;
    private final Queue<Long> acknowledgedAt;
    private final String topic;
    private final int batch;
    private volatile int sequence;
    private volatile boolean over;

    Author(Nodes nodes, Chronicle chronicle, Queue<Long> acknowledgedAt, String topic, int batch) {
        this.nodes = nodes;
        this.chronicle = chronicle;
        this.acknowledgedAt = acknowledgedAt;
        this.topic = topic;
        this.batch = batch;
    }

    String topic() {
        return topic;
    }

    /** How many it has published. */
    int published() {
        return sequence;
    }

    void leave() {
        over = true;
    }

    @Override
    public void run() {
        try {
            while (!over) {
                int first = sequence + 1;
                publish(first, batch);
                sequence = first + batch - 1;
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (NoSuchElementException e) {
            over = true;
        } catch (InterruptedException | RuntimeException e) {
            chronicle.wrong(topic + " stops: " + e);
        }
    }

    /** Publishes {@code "topic sequence"}, and the next ones, until somebody says that they are there. */
    void publish(int first, int count) throws InterruptedException {
        String body = IntStream.range(first, first + count).mapToObj(this::data).collect(Collectors.joining("\n"));
        String problem = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                HttpResponse<String> answer = CLIENT.send(request(first, body), BodyHandlers.ofString());
                if (answer.statusCode() == 201) {
                    acknowledge(answer.body(), first, count);
                    acknowledgedAt.add(System.nanoTime());
                    return;
                }
                problem = answer.statusCode() + " " + answer.body();
                if (answer.statusCode() != 503) {
                    break;
                }
            } catch (IOException e) {
                problem = e.toString(); // its node has died; another one knows
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        chronicle.wrong(topic + " " + first + " is not taken: " + problem);
    }

    private HttpRequest request(int first, String body) throws InterruptedException {
        return HttpRequest.newBuilder(URI.create(nodes.anyNode().url() + "/events?topic=" + topic))
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", key(first))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    /** The bytes of the first request, of one event. */
    byte[] post() {
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
        String id = answer.substring(answer.indexOf("\"id\":\"") + 6, answer.indexOf("\","));
        long last = Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
        for (int i = 0; i < count; i++) {
            chronicle.acknowledge(last - count + 1 + i, data(first + i));
        }
    }
}
