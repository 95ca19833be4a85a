package io.sluice.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints a stream. After a broken connection it continues behind the last event: {@code java Subscribe.java [URL]}. */
final class Subscribe {

    private static String lastId = "";
    private static long retry = 2000;

    private Subscribe() {}

    public static void main(String[] args) throws InterruptedException {
        URI url = URI.create(args.length > 0 ? args[0] : "http://localhost:8080/events");
        HttpClient client = HttpClient.newHttpClient();
        while (!follow(client, url)) {
            Thread.sleep(retry);
        }
    }

    /** Reads until the connection ends. Returns true if the stream has ended the subscription for good. */
    private static boolean follow(HttpClient client, URI url) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        if (!lastId.isEmpty()) {
            request.header("Last-Event-ID", lastId);
        }
        try {
            HttpResponse<Stream<String>> response = client.send(request.build(), BodyHandlers.ofLines());
            if (response.statusCode() / 100 == 4) {
                throw new IllegalArgumentException(url + " answers " + response.statusCode());
            }
            StringBuilder block = new StringBuilder();
            for (Iterator<String> lines = response.body().iterator(); lines.hasNext(); ) {
                String line = lines.next();
                block.append(line).append('\n');
                if (line.isEmpty()) {
                    if (isTheLast(block.toString())) {
                        return true;
                    }
                    block.setLength(0);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // The node is away: try again.
        }
        return false;
    }

    private static boolean isTheLast(String block) {
        String event = field(block, "event", "message");
        String data = field(block, "data", "");
        lastId = field(block, "id", lastId);
        retry = Long.parseLong(field(block, "retry", String.valueOf(retry)));
        if (event.equals("gap")) {
            System.out.println("Gap: " + data);
        } else if (!data.isEmpty() && !event.equals("close")) {
            System.out.println("Message: " + text(data, "message") + " at " + text(data, "timestamp"));
        }
        return event.equals("close") && data.equals("{}");
    }

    private static String field(String block, String name, String otherwise) {
        String lines = Pattern.compile("(?m)^" + name + ": (.*)$")
                .matcher(block)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.joining("\n"));
        return lines.isEmpty() ? otherwise : lines;
    }

    /** Reads a text without escapes: use a JSON library for any text. */
    private static String text(String json, String key) {
        return json.replaceFirst("(?s).*\"" + key + "\":\\s*\"([^\"]*)\".*", "$1");
    }
}
