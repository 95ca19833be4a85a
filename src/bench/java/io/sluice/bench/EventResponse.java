package io.sluice.bench;

import io.sluice.testing.client.HttpResponseParser;
import io.sluice.testing.client.HttpResponseParser.MalformedResponseException;
import io.sluice.testing.client.SseParser;
import java.util.Locale;

/** The response to one GET for events. It judges the head, and passes on the body. */
final class EventResponse implements HttpResponseParser.Handler {

    private final HttpResponseParser http = new HttpResponseParser(this);
    private final SseParser events;
    private boolean open;
    private boolean ended;
    private String problem = "";

    EventResponse(SseParser events) {
        this.events = events;
    }

    /** Whether the head has come, and promises events. */
    boolean isOpen() {
        return open && !ended;
    }

    /** Whether nothing more is to come: the body has ended, or there is a {@link #problem()}. */
    boolean hasEnded() {
        return ended;
    }

    /** Why these are no events, or nothing. */
    String problem() {
        return problem;
    }

    void take(byte[] bytes, int from, int to) {
        try {
            http.take(bytes, from, to);
        } catch (MalformedResponseException e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean head(String head) {
        String status = head.substring(0, head.indexOf('\r'));
        if (!status.matches("HTTP/1\\.[01] 200.*")) {
            fail("it answers " + status);
        } else if (!head.toLowerCase(Locale.ROOT).contains("\r\ncontent-type: text/event-stream")) {
            fail("it answers with something else than text/event-stream");
        } else {
            open = true;
        }
        return open;
    }

    private void fail(String why) {
        problem = why;
        end();
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
        events.take(bytes, from, to);
    }

    @Override
    public void extension(String extension) {
        // a peer of the node may send some
    }

    @Override
    public void end() {
        ended = true;
        http.stop();
    }
}
