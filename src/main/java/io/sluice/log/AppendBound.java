package io.sluice.log;

/** The room that is left in a {@link WriteQueue}: the one place where writing threads meet. */
final class AppendBound {

    private int events;
    private long bytes;

    /** Whether there is room, which is taken then. For a batch alone there always is. */
    synchronized boolean reserve(int moreEvents, long moreBytes) {
        boolean full = events + moreEvents > Batch.MAX_EVENTS || bytes + moreBytes > Batch.MAX_SIZE.bytes();
        if (full && events > 0) {
            return false;
        }
        events += moreEvents;
        bytes += moreBytes;
        return true;
    }

    synchronized void release(int lessEvents, long lessBytes) {
        events -= lessEvents;
        bytes -= lessBytes;
    }
}
