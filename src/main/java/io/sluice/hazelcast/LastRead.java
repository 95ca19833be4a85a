package io.sluice.hazelcast;

import io.sluice.hazelcast.LogRecord.Position;
import io.sluice.hazelcast.Ring.Slot;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest records that a follower has read, by which it recognizes its ring.
 *
 * <p>If the ring does not have them any more, it is in doubt: it may lack them for a moment only, or for good.
 *
 * <p>On the stream's context only.
 */
final class LastRead {

    private @Nullable Slot newest;
    /** The record of {@link RecordFilter#whole}. */
    private Buffer whole = Buffer.buffer();
    /** The same, at the time when {@link RecordFilter#last} rose. */
    private Buffer counted = Buffer.buffer();
    /** The newest position that says that the last event counts. */
    private Buffer position = Buffer.buffer();

    private boolean inDoubt;

    /** Offers a record to a filter, and keeps it if the ring can be recognized by it. */
    void offer(LogRecord record, Buffer bytes, RecordFilter filter) {
        long lastBefore = filter.last();
        long wholeBefore = filter.whole();
        filter.offer(record);
        whole = filter.whole() == wholeBefore ? whole : bytes;
        counted = filter.last() == lastBefore ? counted : whole;
        if (inDoubt && (bytes.equals(counted) || bytes.equals(position))) {
            inDoubt = false;
        }
        if (record instanceof Position confirmed && confirmed.n() == filter.last()) {
            position = bytes;
        }
    }

    void setNewest(Slot slot) {
        newest = slot;
    }

    /** The newest record that was read, be it unreadable; null if there is none in this round of reading. */
    @Nullable
    Slot newest() {
        return newest;
    }

    boolean isInDoubt() {
        return inDoubt;
    }

    /** The ring is read from its oldest record again: one that is known ends the doubt. */
    void doubt() {
        newest = null;
        inDoubt = true;
    }

    void trust() {
        inDoubt = false;
    }

    /** Whether a read at the newest record's sequence found it, or found that it has been evicted since. */
    static boolean isFound(List<Slot> found, Slot known) {
        if (found.isEmpty()) {
            return false;
        }
        Slot slot = found.get(0);
        return slot.sequence() > known.sequence()
                || (slot.sequence() == known.sequence() && slot.bytes().equals(known.bytes()));
    }
}
