package io.sluice.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * What a stream is a sequence of: a publication that a log has appended, encoded once, as it goes over the wire.
 *
 * <pre>
 * id: k3f9a2-1024
 * event: TYPE            (where the event has a type)
 * data: first line
 * data: second line
 *
 * </pre>
 *
 * <p>An immutable value. Type and data are in the frame only, which log, journal and every subscription share.
 */
public final class Event {

    // WHATWG HTML 9.2.6: a line ends with CR LF, LF, or a lone CR. Left in data, a CR would begin a field of the
    // publisher's
    // making.
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

    private final EventId id;
    private final Instant time;
    private final String topic;
    private final byte[] frame;

    private Event(EventId id, Instant time, String topic, byte[] frame) {
        this.id = id;
        this.time = time;
        this.topic = topic;
        this.frame = frame;
    }

    /** The event that a publication becomes when a log appends it: there, at that time. */
    public static Event of(EventId id, Instant time, NewEvent publication) {
        String data = publication.data();
        StringBuilder text = new StringBuilder(64 + data.length());
        text.append("id: ").append(id).append('\n');
        if (publication.type() != null) {
            text.append("event: ").append(publication.type()).append('\n');
        }
        text.append("data: ").append(lines(data)).append("\n\n");
        return new Event(id, time, publication.topic(), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String lines(String data) {
        boolean one = data.indexOf('\n') < 0 && data.indexOf('\r') < 0;
        return one ? data : LINE_END.matcher(data).replaceAll("\ndata: ");
    }

    /** Its place in the stream. */
    public EventId id() {
        return id;
    }

    /** The number of its id: 1 and up. */
    public long n() {
        return id.n();
    }

    /** When the log appended it. */
    public Instant time() {
        return time;
    }

    /** What it is about. */
    public String topic() {
        return topic;
    }

    /** The whole block, up to and with its blank line: UTF-8, to read only. */
    public byte[] frame() {
        return frame;
    }
}
