package io.sluice.log;

/**
 * A format that a journal uses: a reader asks an entry for its frame by it. Events are encoded in the journal's first format as they come,
 * and in each other one when they are asked for.
 */
public final class Encoding {

    final EventFormat format;
    final int index;

    Encoding(EventFormat format, int index) {
        this.format = format;
        this.index = index;
    }
}
