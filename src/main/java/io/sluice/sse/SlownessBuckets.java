package io.sluice.sse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Subscriptions by how slow they are, to a factor of 2: the slowest is found without comparing all. Event loop only. */
final class SlownessBuckets {

    private final List<List<Subscription>> buckets = new ArrayList<>();
    private int size;

    SlownessBuckets() {
        for (int i = 0; i < Long.SIZE; i++) {
            buckets.add(new ArrayList<>());
        }
    }

    /** Adds one. {@code slowness} is above 0. */
    void add(Subscription subscription, long slowness) {
        buckets.get(Long.SIZE - 1 - Long.numberOfLeadingZeros(slowness)).add(subscription);
        size++;
    }

    /** Takes one of the slowest out, or null if there is none. It may be closed meanwhile. */
    @Nullable
    Subscription take() {
        for (int i = Long.SIZE - 1; i >= 0 && size > 0; i--) {
            List<Subscription> bucket = buckets.get(i);
            if (!bucket.isEmpty()) {
                size--;
                return bucket.remove(bucket.size() - 1);
            }
        }
        return null;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        buckets.forEach(List::clear);
        size = 0;
    }
}
