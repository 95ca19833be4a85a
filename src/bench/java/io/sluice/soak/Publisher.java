package io.sluice.soak;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Publishes over HTTP, a batch at a time, on several topics of a stream in turn. One thread. */
final class Publisher implements Runnable {

    private final HttpClient client;
    private final String stream;
    private final int topics;
    private final int batch;
    private final String padding;
    private final long[] sequences;
    private final Tally tally;
    private int next;
    private boolean stopped;

    Publisher(HttpClient client, String stream, int topics, int batch, int bytes, Tally tally) {
        this.client = client;
        this.stream = stream;
        this.topics = topics;
        this.batch = batch;
        this.padding = "x".repeat(bytes);
        this.sequences = new long[topics];
        this.tally = tally;
    }

    @Override
    public void run() {
        if (stopped) {
            return;
        }
        int topic = next++ % topics;
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < batch; i++) {
            lines.append("\"t.").append(topic).append(' ').append(++sequences[topic]);
            lines.append(' ').append(padding).append("\"\n");
        }
        HttpRequest post = HttpRequest.newBuilder(URI.create(stream + "?topic=t." + topic))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines.toString()))
                .build();
        try {
            HttpResponse<String> receipt = client.sendAsync(post, BodyHandlers.ofString())
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            if (receipt.statusCode() == 201) {
                tally.published.add(batch);
            } else {
                stop(receipt.statusCode() + " " + receipt.body());
            }
        } catch (RuntimeException e) {
            stop(e.toString());
        }
    }

    /** Whoever does not know what was published cannot go on counting. */
    private void stop(String why) {
        stopped = true;
        tally.error("the publisher of " + stream + " stops: " + why);
    }
}
