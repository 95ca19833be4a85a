package io.sluice.testing.client;

import io.sluice.log.EventId;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what one subscriber gets against the promise: each event once, in order, and a gap for every hole. It follows the
 * subscriber over all its connections.
 *
 * <p>The numbers of a stream's ids are dense. So a subscriber without a filter must see each of them, and one with a filter must
 * see them ascend. If publishers number the events of each topic ({@code "topic sequence"}), a filtered subscriber sees a
 * hole too.
 *
 * <p>One thread.
 */
public final class PromiseCheck {

    /** Takes what is found. A log has one epoch, unless the listener says otherwise. */
    public interface Listener {

        /** The promise is broken. */
        void wrong(String what);

        default void event(EventId id, SseBlock block) {}

        /** A position without an event. */
        default void position(EventId id) {}

        /**
         * A gap.
         *
         * @param from the position before it, or null where there was none
         * @param lost how many events it tells to be lost, or null if it does not tell
         */
        default void gap(@Nullable EventId from, EventId to, @Nullable Long lost) {
            if (lost == null) {
                wrong("is told of a gap to " + to + " after " + from + ", and not how much is lost");
            }
        }

        /** The log continues in another epoch, without a gap. */
        default void epochChanged(EventId from, EventId to) {
            wrong("is in another epoch, at " + to + " after " + from);
        }

        default void close(String data) {}
    }

    private final boolean unfiltered;
    private final Listener listener;
    private final SequenceCheck numbers = new SequenceCheck(SequenceCheck.ANYWHERE, new NumberFaults());
    // The newest number of each epoch.
    private final Map<String, Long> newest = new HashMap<>();
    private final @Nullable TopicSequences topics;
    private String epoch = "";
    // A snapshot has holes up to its end, which the first position tells.
    private boolean snapshot;
    private boolean closed;
    // The number of blocks with an id in this response.
    private int told;
    private long events;
    private long lost;
    private int gaps;

    private PromiseCheck(boolean unfiltered, boolean sequences, Listener listener) {
        this.unfiltered = unfiltered;
        this.listener = listener;
        this.topics = sequences ? new TopicSequences(listener::wrong) : null;
    }

    /** Of all events of a stream. */
    public static PromiseCheck unfiltered(Listener listener) {
        return new PromiseCheck(true, false, listener);
    }

    /** Of all events of a stream after a position. Fails the test where the promise is broken. */
    public static PromiseCheck failingAfter(long n) {
        return unfiltered(what -> {
                    throw new AssertionError("the subscriber " + what);
                })
                .startAfter(n);
    }

    /** Of events whose data is {@code "topic sequence ..."}; the sequences of a topic are dense. */
    public static PromiseCheck sequences(boolean unfiltered, Listener listener) {
        return new PromiseCheck(unfiltered, true, listener);
    }

    /** Expects the event after a position next. */
    public PromiseCheck startAfter(EventId id) {
        epoch = id.epoch();
        return startAfter(id.n());
    }

    /** Expects the event after a position next, of any epoch. */
    public PromiseCheck startAfter(long n) {
        numbers.goTo(n);
        return this;
    }

    /** The next response begins. */
    public void open() {
        open(false);
    }

    /** The next response begins, maybe with a snapshot. */
    public void open(boolean withSnapshot) {
        closed = false;
        snapshot = withSnapshot;
        told = 0;
    }

    /** The response has ended. */
    public void end() {
        if (!closed) {
            listener.wrong("has a response end without a close event");
        }
    }

    /** A topic has no event yet: its first one comes next. */
    public void startAtFirst(String topic) {
        if (topics != null) {
            topics.startAtFirst(topic);
        }
    }

    // ---- where it is

    /** The position that the subscriber comes back with. Null where there is none. */
    public @Nullable EventId position() {
        return numbers.last() == SequenceCheck.ANYWHERE || epoch.isEmpty() ? null : new EventId(epoch, numbers.last());
    }

    /** The number of the position. */
    public long n() {
        return numbers.last();
    }

    /** The newest sequence of a topic, or 0. */
    public long sequence(String topic) {
        return topics == null ? 0 : topics.newest(topic);
    }

    public long events() {
        return events;
    }

    /** How many events gaps told to be lost. */
    public long lost() {
        return lost;
    }

    public int gaps() {
        return gaps;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Whether the response has told no id yet. */
    public boolean isFirst() {
        return told == 0;
    }

    // ---- what it is told

    /** Takes a whole body. */
    public void takeResponse(String body) {
        open();
        takeAll(body);
        end();
    }

    /** Takes a body, or as much of it as ends with a block. */
    public void takeAll(String body) {
        SseBlock.parse(body).forEach(this::take);
    }

    public void take(SseBlock block) {
        if (closed) {
            listener.wrong("gets after the close event: " + block.text());
        } else if (block.isClose()) {
            closed = true;
            listener.close(String.valueOf(block.data()));
        } else if (block.id() == null) {
            if (block.data() != null || block.event() != null) {
                listener.wrong("gets something without an id: " + block.text());
            }
        } else {
            take(block, block.position());
            told++;
        }
    }

    private void take(SseBlock block, @Nullable EventId id) {
        if (id == null) {
            listener.wrong("gets an id that is none: " + block.text());
        } else if (block.isGap()) {
            gap(id, new JsonObject(String.valueOf(block.data())));
        } else if (block.data() == null) {
            position(id);
        } else {
            event(id, block, block.data());
        }
    }

    private void event(EventId id, SseBlock block, String data) {
        if (newest.getOrDefault(id.epoch(), SequenceCheck.ANYWHERE) >= id.n()) {
            listener.wrong("gets " + id + " after " + id.at(newest.getOrDefault(id.epoch(), 0L)));
        }
        EventId before = position();
        numbers.take(id.n());
        numbers.goTo(id.n());
        enterEpoch(before, id);
        newest.put(id.epoch(), id.n());
        events++;
        if (topics != null) {
            topics.take(data);
        }
        listener.event(id, block);
    }

    private void position(EventId id) {
        EventId before = position();
        long n = numbers.last();
        if (n != SequenceCheck.ANYWHERE && (isDense() ? id.n() != n : id.n() < n)) {
            listener.wrong("is put at " + id + " after " + n);
        }
        numbers.goTo(id.n());
        snapshot = false;
        enterEpoch(before, id);
        listener.position(id);
    }

    private void enterEpoch(@Nullable EventId before, EventId id) {
        epoch = id.epoch();
        if (before != null && !before.epoch().equals(epoch)) {
            if (newest.containsKey(epoch)) {
                listener.wrong("is back in " + epoch + " after " + before);
            }
            listener.epochChanged(before, id);
        }
    }

    private void gap(EventId to, JsonObject data) {
        EventId before = position();
        if (before == null && told == 0 && data.getString("after") == null) {
            // It begins with less than it asked for, and has lost nothing that it had.
            numbers.goTo(to.n());
            epoch = to.epoch();
            return;
        }
        long n = numbers.last();
        Long count = data.getLong("lost");
        boolean sameEpoch = before == null || before.epoch().equals(to.epoch());
        // A node that does not know the id, as on the other side of a split, sends all that it has.
        boolean unknownId = told == 0 && count == null;
        if (sameEpoch && to.n() < n && !unknownId) {
            listener.wrong("is told of a gap back to " + to + " after " + n);
        }
        if (isDense() && before != null && !before.toString().equals(data.getString("after"))) {
            listener.wrong("is told of a gap after " + data.getString("after") + ", and had " + before);
        }
        if (isDense() && count != null && (!sameEpoch || count != to.n() - n)) {
            listener.wrong("is told that it lost " + count + " from " + n + " to " + to);
        }
        if (told == 0) {
            // A node that does not know an id cannot tell the events before it.
            newest.clear();
        }
        if (topics != null) {
            topics.forget();
        }
        numbers.goTo(to.n());
        epoch = to.epoch();
        snapshot = false;
        gaps++;
        lost += count == null ? 0 : count;
        listener.gap(before, to, count);
    }

    /** Whether each number has to come. */
    private boolean isDense() {
        return unfiltered && !snapshot && numbers.last() != SequenceCheck.ANYWHERE;
    }

    private final class NumberFaults implements SequenceCheck.Faults {

        @Override
        public void missing(long after, long before) {
            if (unfiltered && !snapshot) {
                listener.wrong("gets event " + before + " after " + after);
            }
        }

        @Override
        public void late(long n, long last) {
            again(n, last);
        }

        @Override
        public void again(long n, long last) {
            listener.wrong("gets event " + n + " after " + last);
        }
    }
}
