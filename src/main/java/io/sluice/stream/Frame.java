package io.sluice.stream;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * An event as it goes over the wire, encoded once and shared by every subscription.
 *
 * <pre>
 * id: k3f9a2-1024
 * event: TYPE            (where the event has a type)
 * data: first line
 * data: second line
 *
 * </pre>
 *
 * <p>Immutable; the array is never written to after construction, and must not be by readers.
 */
public final class Frame {

    // WHATWG HTML 9.2.6: a line ends with CR LF, LF, or a lone CR. Left in data, a CR would begin a field of the
    // publisher's making.
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

    private final long n;
    private final String topic;
    private final long time;
    private final byte[] bytes;

    private Frame(long n, String topic, long time, byte[] bytes) {
        this.n = n;
        this.topic = topic;
        this.time = time;
        this.bytes = bytes;
    }

    static Frame of(Event event) {
        StringBuilder text = new StringBuilder(64 + event.data().length());
        text.append("id: ").append(event.id()).append('\n');
        if (event.type() != null) {
            text.append("event: ").append(event.type()).append('\n');
        }
        text.append("data: ").append(lines(event.data())).append("\n\n");
        return new Frame(
                event.id().n(),
                event.topic(),
                event.time().toEpochMilli(),
                text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String lines(String data) {
        boolean one = data.indexOf('\n') < 0 && data.indexOf('\r') < 0;
        return one ? data : LINE_END.matcher(data).replaceAll("\ndata: ");
    }

    /** The event's number in its stream, 1 and up. */
    public long n() {
        return n;
    }

    public String topic() {
        return topic;
    }

    /** The whole block, up to and with its blank line: UTF-8, to read only. */
    public byte[] bytes() {
        return bytes;
    }

    /** When the log appended the event, in milliseconds since 1970. */
    long time() {
        return time;
    }
}
