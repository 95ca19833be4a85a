package io.sluice.log;

/** A format that a journal uses: a reader asks an entry for its frame by it. */
public final class Encoding {

    final EventFormat format;
    final int index;

    Encoding(EventFormat format, int index) {
        this.format = format;
        this.index = index;
    }
}
