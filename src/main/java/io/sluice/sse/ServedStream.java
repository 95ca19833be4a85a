package io.sluice.sse;

import io.sluice.log.Journal;

/** A stream as a {@link Hub} serves it: one that is declared, or one of a template. Its text is its full name. Any thread. */
interface ServedStream {

    /** This node's window on the stream. */
    Journal journal();

    /** Counts more or fewer subscriptions to it. */
    void subscribed(int more);

    /** Who has got the stream from a {@link StreamSource} reads it no more. */
    void release();
}
