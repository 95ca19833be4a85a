package io.sluice.log;

/**
 * How a protocol writes the events of a stream. A stream's events are encoded once a node in each format that is in use, and
 * all subscribers share the bytes.
 */
public interface EventFormat {

    /**
     * Checks that the format can carry an event.
     *
     * @throws IllegalArgumentException that names the value and what is expected
     */
    void requireAllowed(NewEvent event);

    /** Encodes an event. It may be one that is not allowed: another node, which does not use this format, may have taken it. */
    Frame encode(Event event);

    /** An encoded event. */
    final class Frame {

        private final byte[] bytes;
        private final int dataAt;

        /**
         * Makes a frame.
         *
         * @param bytes not to be written to any more
         * @param dataAt the place in the bytes where the event's data lies in one piece, as it is; or -1
         */
        public Frame(byte[] bytes, int dataAt) {
            this.bytes = bytes;
            this.dataAt = dataAt;
        }

        /** The bytes, to read only. */
        public byte[] bytes() {
            return bytes;
        }

        public int dataAt() {
            return dataAt;
        }
    }
}
