package io.sluice.stream;

/** What a client was told that came back with an id. */
public enum ResumeResult {
    /** It goes on right after what it has. */
    EXACT,
    /** Events after what it has are lost, and it was told how many. */
    GAP,
    /** What it has is not known here: it was told that it cannot be known how many are lost. */
    UNKNOWN
}
