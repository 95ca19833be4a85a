package io.sluice.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.log.Bytes;
import io.sluice.log.Event;
import io.sluice.log.EventFormat;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Set;

/**
 * An event as a block of Server-Sent Events (WHATWG HTML 9.2.6).
 *
 * <pre>
 * id: k3f9a2-1024
 * event: TYPE            (if the event has a type; or else its topic, as {@link Framing#TOPIC} has it)
 * data: first line
 * data: second line
 *
 * </pre>
 *
 * <p>Each line of the data becomes a {@code data} line. A line ends with CR LF, LF, or a lone CR: left in the data, a CR would
 * begin a field of the publisher's making (CWE-93). What is not UTF-8 becomes U+FFFD.
 */
public final class SseFormat implements EventFormat {

    /** {@link Framing#PLAIN}. */
    public static final SseFormat INSTANCE = new SseFormat(Framing.PLAIN);

    private static final SseFormat TOPICS = new SseFormat(Framing.TOPIC);
    private static final SseFormat ENVELOPES = new SseFormat(Framing.ENVELOPE);

    /** The types of the blocks that the server itself sends. */
    private static final Set<String> OWN = Set.of("close", "gap", "sluice-node");

    /** An EventSource hands such an event to {@code onerror} or {@code onopen}, as if the connection were lost or open again. */
    private static final Set<String> OF_THE_CONNECTION = Set.of("error", "open");

    private static final byte[] NEXT_DATA = "\ndata: ".getBytes(UTF_8);
    private static final byte[] END = "\n\n".getBytes(UTF_8);

    private final Framing framing;

    private SseFormat(Framing framing) {
        this.framing = framing;
    }

    /** The format of a framing, of which there is one. */
    public static SseFormat of(Framing framing) {
        return switch (framing) {
            case PLAIN -> INSTANCE;
            case TOPIC -> TOPICS;
            case ENVELOPE -> ENVELOPES;
        };
    }

    /** Refuses the types that a client would take for words of the server or of its own connection. */
    @Override
    public void requireAllowed(NewEvent event) {
        String type = event.type();
        if (type != null && isReserved(type)) {
            String why = OWN.contains(type) ? "is Sluice's own" : "goes to the on" + type + " of every EventSource";
            throw new IllegalArgumentException("type \"" + type + "\" " + why + ": expected another name");
        }
    }

    /** Types are case-sensitive, as in {@code addEventListener}. */
    private static boolean isReserved(String type) {
        return OWN.contains(type) || OF_THE_CONNECTION.contains(type);
    }

    /** Leaves out a type, or a topic in its place, that is not allowed, so that an event never passes for a word of the server. */
    @Override
    public Frame encode(Event event) {
        if (framing == Framing.ENVELOPE) {
            String block = id(event) + "\ndata: " + EventJson.envelope(event).encode() + "\n\n";
            return new Frame(block.getBytes(UTF_8), -1);
        }
        byte[] head = head(event).getBytes(UTF_8);
        Bytes data = event.data();
        byte[] frame = frame(head, data);
        boolean ascii = true;
        boolean oneLine = true;
        for (int i = head.length; i < frame.length - END.length; i++) {
            byte next = frame[i];
            // Negative beyond ASCII.
            if (next < ' ') {
                ascii &= next >= 0;
                oneLine &= next != '\n' && next != '\r';
            }
        }
        if (ascii && oneLine) {
            return new Frame(frame, head.length);
        }
        Bytes text = ascii ? data : text(data);
        if (!oneLine) {
            return new Frame(lines(head, text), -1);
        }
        return text.equals(data) ? new Frame(frame, head.length) : new Frame(frame(head, text), -1);
    }

    private String head(Event event) {
        String type = event.type() == null && framing == Framing.TOPIC ? event.topic() : event.type();
        return type == null || isReserved(type) ? id(event) + "\ndata: " : id(event) + "\nevent: " + type + "\ndata: ";
    }

    private static String id(Event event) {
        EventId id = event.id();
        return "id: " + id.epoch() + '-' + id.n();
    }

    private static byte[] frame(byte[] head, Bytes data) {
        int end = head.length + data.size();
        byte[] frame = Arrays.copyOf(head, end + END.length);
        data.copyTo(0, data.size(), frame, head.length);
        System.arraycopy(END, 0, frame, end, END.length);
        return frame;
    }

    /** The data itself if it is UTF-8, otherwise with U+FFFD for what is not. */
    private static Bytes text(Bytes data) {
        String text = data.toString();
        return text.indexOf('\uFFFD') < 0 ? data : Bytes.of(text);
    }

    private static byte[] lines(byte[] head, Bytes data) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(head.length + data.size() + 64);
        frame.writeBytes(head);
        for (int i = 0; i < data.size(); i++) {
            byte next = data.at(i);
            if (next == '\r' && i + 1 < data.size() && data.at(i + 1) == '\n') {
                continue;
            }
            if (next == '\r' || next == '\n') {
                frame.writeBytes(NEXT_DATA);
            } else {
                frame.write(next);
            }
        }
        frame.writeBytes(END);
        return frame.toByteArray();
    }
}
