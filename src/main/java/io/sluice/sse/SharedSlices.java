package io.sluice.sse;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The slices that some sockets have not taken yet. A slice is one buffer for all the clients of a filter, so it is counted once
 * here, and not for each of them. Event loop only.
 */
final class SharedSlices {

    /** How many of the old ones are looked at when one comes: more than come. */
    private static final int LOOKS = 2;

    private final Deque<ByteBuf> held = new ArrayDeque<>();
    private long bytes;

    /** Counts a slice until no socket has it any more. */
    void add(FrameBatch slice) {
        ByteBuf chunk = slice.retainIfShared();
        if (chunk != null) {
            held.add(chunk);
            bytes += chunk.capacity();
        }
        look(LOOKS);
    }

    /** Forgets some of those that no socket has any more. */
    void look(int most) {
        for (int i = Math.min(most, held.size()); i > 0; i--) {
            ByteBuf chunk = held.remove();
            if (chunk.refCnt() > 1) {
                held.add(chunk);
            } else {
                forget(chunk);
            }
        }
    }

    int size() {
        return held.size();
    }

    long bytes() {
        return bytes;
    }

    /** Forgets all of them. */
    void clear() {
        held.forEach(this::forget);
        held.clear();
    }

    private void forget(ByteBuf chunk) {
        bytes -= chunk.capacity();
        chunk.release();
    }
}
