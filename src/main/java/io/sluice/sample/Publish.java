package io.sluice.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Publishes an event once, and repeats the request until it is answered: {@code java Publish.java [URL [MESSAGE]]}. */
final class Publish {

    private Publish() {}

    public static void main(String[] args) throws InterruptedException {
        String url = args.length > 0 ? args[0] : "http://localhost:8080/events";
        // A message without quotes: use a JSON library for any text.
        String message = args.length > 1 ? args[1] : "Hello World";
        String body = "{\"message\":\"" + message + "\",\"timestamp\":\"" + Instant.now() + "\"}";
        // Each repetition has the same key.
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .timeout(Duration.ofSeconds(30))
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpClient client = HttpClient.newHttpClient();
        while (true) {
            try {
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                if (answer.statusCode() != 503) {
                    System.out.println(answer.body());
                    System.exit(answer.statusCode() == 201 ? 0 : 1);
                }
            } catch (IOException e) {
                // The connection is broken: try again.
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }
}
