package io.sluice.testing.client;

import io.sluice.log.EventId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of a stream, block by block. */
public final class Subscriber implements AutoCloseable {

    private static final int BUFFER = 16 * 1024;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final InputStream body;
    private final Deque<SseBlock> blocks = new ArrayDeque<>();
    private final SseParser parser = SseBlock.parser(blocks::add);
    private final byte[] buffer = new byte[BUFFER];

    private Subscriber(InputStream body) {
        this.body = body;
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
    public @Nullable SseBlock next() throws IOException {
        while (blocks.isEmpty()) {
            int count = body.read(buffer);
            if (count < 0) {
                return null;
            }
            parser.take(buffer, 0, count);
        }
        return blocks.remove();
    }

    /** Waits for the end of the response, and has every block before it. */
    public List<SseBlock> rest() throws IOException {
        List<SseBlock> all = new ArrayList<>();
        for (SseBlock block = next(); block != null; block = next()) {
            all.add(block);
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
