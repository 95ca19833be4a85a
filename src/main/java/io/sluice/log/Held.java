package io.sluice.log;

/**
 * What a node holds of a stream, or of the streams of a template.
 *
 * @param streams how many streams
 * @param events in their journals
 * @param bytes of these, about as they are sent
 */
public record Held(int streams, long events, long bytes) {

    /** Nothing. */
    public static final Held NOTHING = new Held(0, 0, 0);

    /** Both together. */
    public Held plus(Held other) {
        return new Held(streams + other.streams, events + other.events, bytes + other.bytes);
    }
}
