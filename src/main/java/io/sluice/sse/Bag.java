package io.sluice.sse;

import java.util.ArrayList;
import java.util.List;

/**
 * Items in no order. One is added or removed in constant time: the last item takes the place of one that is removed.
 *
 * <p><b>Reading a bag that changes.</b> A reader that goes from the end to the beginning misses no item that was there when it
 * began and stays: what takes the place of a removed item is one that it has read already. It may meet such an item again, and
 * it does not meet those that were added. So a reader can stop anywhere and go on later. Event loop only.
 */
final class Bag<T extends Bag.Item> {

    private final List<T> items = new ArrayList<>(1);

    /** What can be in one bag at a time. */
    abstract static class Item {

        private int index;
    }

    void add(T item) {
        ((Item) item).index = items.size();
        items.add(item);
    }

    /** Removes an item that is in this bag. */
    void remove(T item) {
        int index = ((Item) item).index;
        T last = items.remove(items.size() - 1);
        if (last != item) {
            items.set(index, last);
            ((Item) last).index = index;
        }
    }

    T get(int index) {
        return items.get(index);
    }

    int size() {
        return items.size();
    }

    boolean isEmpty() {
        return items.isEmpty();
    }
}
