package io.sluice.testing.client;

import io.sluice.log.EventId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of a stream, block by block. */
public final class Subscriber implements AutoCloseable {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What stands between two blank lines, as text with its line ends. */
    public record Block(String text) {

        @Nullable
        public String id() {
            return field("id");
        }

        /** The number in the id. */
        public long n() {
            String id = String.valueOf(id());
            return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
        }

        /** The id as a position; null where there is none. */
        @Nullable
        public EventId position() {
            String id = id();
            return id == null ? null : EventId.parse(id);
        }

        @Nullable
        public String event() {
            return field("event");
        }

        @Nullable
        public String data() {
            return field("data");
        }

        public boolean isMessage() {
            return event() == null && data() != null;
        }

        private @Nullable String field(String name) {
            return text.lines()
                    .filter(line -> line.startsWith(name + ": "))
                    .map(line -> line.substring(name.length() + 2))
                    .findFirst()
                    .orElse(null);
        }
    }

    private final BufferedReader lines;

    private Subscriber(InputStream body) {
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /** Subscribes; the answer's head has come. */
    public static Subscriber open(String url) throws IOException, InterruptedException {
        return open(url, null);
    }

    /** Subscribes again, with the last id that it had, if any. */
    public static Subscriber open(String url, @Nullable EventId last) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (last != null) {
            request.header("Last-Event-ID", last.toString());
        }
        HttpResponse<InputStream> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IOException(url + " answers " + response.statusCode());
        }
        return new Subscriber(response.body());
    }

    /** Waits for the next block; null where the response has ended. */
    @Nullable
    public Block next() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                return new Block(text.toString());
            }
            text.append(line).append('\n');
        }
        return null;
    }

    /** Waits for the end of the response, and has every block before it. */
    public List<Block> rest() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Block block = next(); block != null; block = next()) {
            blocks.add(block);
        }
        return blocks;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
