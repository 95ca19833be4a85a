package io.sluice.log;

import io.vertx.core.buffer.Buffer;

/**
 * Where a page of a shard's state begins. First come the streams, by name; then the outcomes of keyed batches, by position.
 *
 * @param from the first name of the page
 * @param epoch the first epoch of that stream, if the page before has some of its events; else empty
 * @param n the number of the last event that the page before has of it
 * @param key the position behind which the outcomes go on; {@link #NAMES} as long as there are streams
 */
record PageCursor(String from, String epoch, long n, long key) {

    /** There may be more streams. */
    static final long NAMES = -1;

    /** The first page. */
    static final PageCursor START = new PageCursor("", "", 0, NAMES);

    /** The first page of outcomes. */
    static final PageCursor OUTCOMES = outcomesAfter(0);

    /** The page behind a stream. */
    static PageCursor after(String name) {
        // No text is between the two.
        return new PageCursor(name + '\0', "", 0, NAMES);
    }

    /** The page that has the rest of a stream. */
    static PageCursor within(NamedStream stream, long n) {
        return new PageCursor(stream.name(), stream.firstEpoch, n, NAMES);
    }

    static PageCursor outcomesAfter(long position) {
        return new PageCursor("", "", 0, position);
    }

    boolean isOfNames() {
        return key == NAMES;
    }

    void writeTo(Buffer to) {
        BufferReader.appendText(to, from);
        BufferReader.appendText(to, epoch).appendLong(n).appendLong(key);
    }

    static PageCursor read(BufferReader in) {
        return new PageCursor(in.nextText(), in.nextText(), in.nextLong(), in.nextLong());
    }
}
