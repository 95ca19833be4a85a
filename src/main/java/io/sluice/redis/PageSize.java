package io.sluice.redis;

/** How many entries are read at once: about a megabyte of them. One thread only. */
final class PageSize {

    private static final int MAX_RECORDS = 1000;

    /** The entries of the first read, when their size is not known yet. */
    private static final int FIRST_RECORDS = 16;

    private static final long READ_BYTES = 1L << 20;

    private int records = FIRST_RECORDS;

    int records() {
        return records;
    }

    /** Adapts to entries that were read: at most twice as many next time. */
    void adapt(int count, long bytes) {
        if (bytes > 0) {
            records = (int) Math.max(1, Math.min(Math.min(2L * records, MAX_RECORDS), READ_BYTES * count / bytes));
        }
    }
}
