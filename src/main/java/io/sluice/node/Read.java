package io.sluice.node;

/** Who may read a stream. */
enum Read {
    /** Anybody. */
    ANYONE,
    /** Whoever shows a token or a ticket with the right. */
    TOKEN
}
