package io.sluice.bench;

import java.net.URI;
import java.util.concurrent.TimeUnit;

/** The requests of streams by name that follow one another. Event loop only. */
final class LifePlan {

    private static final String TYPE = "Content-Type: application/x-ndjson\r\n";

    private final URI streams;
    // Names are unlike those of any run before.
    private final String prefix;
    private final int most;
    private final int events;
    private final boolean whole;
    private final String body;
    private int begun;
    private boolean stopped;

    /**
     * @param streams the URL that is before a name
     * @param most how many streams there will be
     * @param whole whether they are read and ended, too
     */
    LifePlan(URI streams, String prefix, int events, int size, int most, boolean whole) {
        this.streams = streams;
        this.prefix = prefix + TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) + '-';
        this.events = events;
        this.most = most;
        this.whole = whole;
        this.body = ('"' + "x".repeat(Math.max(0, size - 2)) + "\"\n").repeat(events);
    }

    URI streams() {
        return streams;
    }

    int events() {
        return events;
    }

    boolean isWhole() {
        return whole;
    }

    int begun() {
        return begun;
    }

    /** Whether there is another stream to begin. */
    boolean hasNext() {
        return begun < most && !stopped;
    }

    /** Begins no more of them. */
    void stop() {
        stopped = true;
    }

    /** The name of one more stream. */
    String next() {
        return prefix + begun++;
    }

    // ---- the requests of one stream

    String make(String name) {
        return request("PUT", name, "") + "Content-Length: 0\r\n\r\n";
    }

    String fill(String name) {
        return request("POST", name, "") + TYPE + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    String read(String name) {
        return request("GET", name, "?replay=all") + "Accept: text/event-stream\r\n\r\n";
    }

    String end(String name) {
        return request("POST", name, "?end=true") + "Content-Length: 0\r\n\r\n";
    }

    private String request(String method, String name, String query) {
        return method + ' ' + streams.getRawPath() + name + query + " HTTP/1.1\r\nHost: " + streams.getRawAuthority()
                + "\r\n";
    }
}
