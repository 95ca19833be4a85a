package io.sluice.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.log.EventId;
import io.sluice.testing.client.HttpResponseParser;
import io.sluice.testing.client.PromiseCheck;
import io.sluice.testing.client.SseBlock;
import io.sluice.testing.client.SseParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A client that stays, holds the node to its promise, and times each event. It must notice nothing of what others do. */
final class SteadyClient implements SoakClient, HttpResponseParser.Handler, PromiseCheck.Listener {

    /** The longest time without a byte. */
    private static final long PATIENCE_MILLIS = 5000;

    private static final int COME_BACK_MILLIS = 500;

    private final ClientCrowd crowd;
    private final Latencies latencies;
    private final String path;
    private final PromiseCheck promise;
    private HttpResponseParser responses;
    private SseParser blocks;
    private Connection connection;
    private long heardAt;
    private boolean left;

    SteadyClient(ClientCrowd crowd, Latencies latencies, String path) {
        this.crowd = crowd;
        this.latencies = latencies;
        this.path = path;
        this.promise = PromiseCheck.sequences(false, this);
    }

    @Override
    public void come() {
        if (left) {
            return;
        }
        responses = new HttpResponseParser(this);
        heardAt = ClientCrowd.now();
        EventId last = promise.position();
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                + (last == null ? "" : "Last-Event-ID: " + last + "\r\n") + "\r\n";
        try {
            connection = new Connection(crowd, this, 0);
        } catch (IOException e) {
            wrong("cannot connect: " + e);
            return;
        }
        if (last != null) {
            crowd.counters().resumes.increment();
        }
        promise.open();
        connection.send(request.getBytes(ISO_8859_1));
    }

    @Override
    public void leave() {
        if (!left) {
            left = true;
            connection.close(false);
            crowd.left(this);
        }
    }

    @Override
    public void received(ByteBuffer bytes) {
        heardAt = ClientCrowd.now();
        byte[] part = new byte[bytes.remaining()];
        bytes.get(part);
        responses.take(part, 0, part.length);
    }

    @Override
    public boolean head(String text) {
        if (!text.startsWith("HTTP/1.1 200 OK\r\n")) {
            wrong("answered " + text.lines().findFirst().orElse(""));
        }
        blocks = SseBlock.parser(promise::take);
        return true;
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
        blocks.take(bytes, from, to);
    }

    @Override
    public void event(EventId id, SseBlock block) {
        crowd.counters().events.increment();
        latencies.received(String.valueOf(block.data()));
    }

    @Override
    public void gap(@Nullable EventId from, EventId to, @Nullable Long lost) {
        wrong("gap to " + to + " after " + from);
    }

    /** A node that is full tells a new client to come back. */
    @Override
    public void close(String data) {
        if (data.equals("{\"reason\":\"overload\"}")) {
            crowd.counters().refusals.increment();
        } else {
            wrong("closed with " + data);
        }
    }

    @Override
    public void end() {
        connection.close(false);
        crowd.after(COME_BACK_MILLIS, this::come);
    }

    @Override
    public void ended() {
        if (!left) {
            wrong("the node has closed the connection");
            crowd.after(COME_BACK_MILLIS, this::come);
        }
    }

    @Override
    public String complaint(long now) {
        boolean silent = !left && now - heardAt > PATIENCE_MILLIS;
        if (silent) {
            // The complaint comes once.
            heardAt = now;
        }
        return silent ? path + ": silence" : "";
    }

    @Override
    public void wrong(String problem) {
        crowd.counters().error("a steady client of " + path + ": " + problem);
    }

    @Override
    public int rest() {
        return COME_BACK_MILLIS;
    }

    @Override
    public SoakClient successor() {
        return new SteadyClient(crowd, latencies, path);
    }
}
