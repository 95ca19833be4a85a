package io.sluice.sse;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.log.NewEvent;
import io.sluice.testing.Await;
import io.sluice.testing.client.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Events without end on an empty stream, no two alike, and the bytes that a client has to get of them. */
final class Flood {

    // The most bytes of an event's data.
    private static final int MOST = 1500;
    private static final Pattern START = Pattern.compile("^id: [a-z0-9]+-(\\d+)\n(\n?)");
    private static final Pattern END = Pattern.compile(
            "id: [a-z0-9]+-(\\d+)\nretry: \\d+\nevent: close\ndata: \\{(?:\"reason\":\"[a-z]+\")?}\n\n$");

    private final SseServer server;
    private volatile long published;

    Flood(SseServer server) {
        this.server = server;
    }

    /** Publishes in batches of one to forty events. */
    long publish(int events) {
        for (int left = events; left > 0; ) {
            List<NewEvent> batch = new ArrayList<>();
            for (long n = published + 1; batch.size() < 1 + published % 40 && left > 0; n++, left--) {
                batch.add(new NewEvent("t", null, data(n)));
            }
            published = server.publish(batch).n();
        }
        return published;
    }

    long published() {
        return published;
    }

    /** Waits until another thread has published. */
    void await(long n) throws Exception {
        Await.await("event " + n + " is published", () -> published >= n);
    }

    private static String data(long n) {
        return n + " " + String.valueOf((char) ('a' + n % 26)).repeat((int) (n * 7919 % MOST));
    }

    /** The frames of the events after one and up to another. */
    String frames(long after, long last) {
        StringBuilder frames = new StringBuilder();
        for (long n = after + 1; n <= last; n++) {
            frames.append("id: ").append(server.epoch()).append('-').append(n);
            frames.append("\ndata: ").append(data(n)).append("\n\n");
        }
        return frames.toString();
    }

    /** Reads a body from its beginning up to an event. */
    void readTo(RawClient client, long last) throws IOException {
        String first = client.blocks(1);
        String expected = from(first, last);
        assertSame(expected, first + client.read(expected.length() - first.length()));
    }

    /** The whole body, up to an event, of which we know how it begins. */
    String from(String start, long last) {
        Matcher id = START.matcher(start);
        assertTrue(id.find(), start);
        boolean isPosition = !id.group(2).isEmpty();
        return isPosition ? id.group() + frames(position(start), last) : frames(position(start), last);
    }

    /** The position after which a body's events begin. */
    long position(String body) {
        Matcher id = START.matcher(body);
        assertTrue(id.find());
        return Long.parseLong(id.group(1)) - (id.group(2).isEmpty() ? 1 : 0);
    }

    /** Takes a whole body that ended by itself; answers the position that it ended with. */
    long takeAll(String body) {
        Matcher end = END.matcher(body);
        assertTrue(end.find(), () -> "no end: " + body.substring(Math.max(0, body.length() - 200)));
        long last = Long.parseLong(end.group(1));
        assertSame((end.start() == 0 ? "" : from(body, last)) + end.group(), body);
        return last;
    }

    /** Takes a body that was cut off between two writes. Answers its last event. */
    long takeCut(String body) {
        long last = 0;
        int length = 0;
        while (length < body.length()) {
            length += frames(last, ++last).length();
        }
        assertSame(frames(0, last), body);
        return last;
    }

    /** Shows where two long texts differ, and not the texts. */
    static void assertSame(String expected, String actual) {
        if (!expected.equals(actual)) {
            int at = 0;
            while (at < Math.min(expected.length(), actual.length()) && expected.charAt(at) == actual.charAt(at)) {
                at++;
            }
            fail("%d characters instead of %d, and at %d: %s instead of %s"
                    .formatted(actual.length(), expected.length(), at, around(actual, at), around(expected, at)));
        }
    }

    private static String around(String text, int at) {
        String near = text.substring(Math.max(0, at - 30), Math.min(text.length(), at + 60));
        return "<" + near.replace("\n", "\\n") + ">";
    }
}
