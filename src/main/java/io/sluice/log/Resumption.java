package io.sluice.log;

import org.jspecify.annotations.Nullable;

/** The answer of {@link Journal#resume}: where a reader reads on, and what it has missed. */
public sealed interface Resumption {

    /** The position just before the reader's next event. */
    long position();

    /** The reader has missed nothing. */
    record Resumed(long position) implements Resumption {}

    /**
     * The reader has missed events. Some of them may be kept beyond the bounds: see {@link Journal#latestAfter}.
     *
     * @param after the position of the last event that it has had and that is the log's: what it has missed is behind it
     * @param lost the number of events up to the position that the reader has not had; null if the log cannot know, because
     *     it lost its past in between
     */
    record Gap(long after, long position, @Nullable Long lost) implements Resumption {}

    /** The id belongs to this log, and the journal has not reached it yet. A faster node may have given it out. */
    record Ahead(long position) implements Resumption {}

    /** The id belongs to no event of this log. The reader begins at the oldest kept event. */
    record Unknown(long position) implements Resumption {}
}
