package io.sluice.log;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a shard has of a stream at one position of its log, or a part of it: a stream with many events goes from node to node in
 * several parts.
 *
 * @param age the milliseconds since something has happened to it
 * @param kept its kept events, oldest first, without a hole
 * @param whole whether these are all up to the last one; otherwise the next part goes on
 */
record StreamState(
        String name,
        String firstEpoch,
        String shardEpoch,
        Epochs epochs,
        long last,
        boolean ended,
        long age,
        List<Event> kept,
        boolean whole) {

    private static final int EVENT_BYTES = 40;

    StreamState {
        kept = List.copyOf(kept);
    }

    /**
     * Reads a stream, on its shard's context.
     *
     * @param after the number of the event behind which the part begins
     * @param bytes about the most bytes of events; there is one at least
     */
    static StreamState of(NamedStream stream, long after, int bytes, long now) {
        Journal journal = stream.journal();
        List<Event> events = new ArrayList<>();
        long left = bytes;
        long position = journal.tail();
        for (; position <= journal.head() && left > 0; position++) {
            Journal.Entry entry = journal.read(position);
            if (entry != null && entry.event().n() > after) {
                events.add(entry.event());
                left -= entry.event().size() + EVENT_BYTES;
            }
        }
        return new StreamState(
                stream.name(),
                stream.firstEpoch,
                stream.shardEpoch,
                stream.epochs,
                stream.last,
                stream.hasEnded,
                Math.max(0, now - stream.changedAt),
                events,
                position > journal.head());
    }

    /** About its size as it is sent. */
    int size() {
        return name.length()
                + EVENT_BYTES * 4
                + kept.stream().mapToInt(event -> event.size() + EVENT_BYTES).sum();
    }

    /** The number of the last event that it has; that before the next one if it has none. */
    long end() {
        return kept.isEmpty() ? last : kept.get(kept.size() - 1).n();
    }

    /** The two parts as one; only the later one, if there is a hole between them, or the stream was made anew. */
    StreamState with(StreamState next) {
        boolean follows = next.name.equals(name)
                && next.firstEpoch.equals(firstEpoch)
                && (next.kept.isEmpty() ? next.last == end() : next.kept.get(0).n() == end() + 1);
        if (!follows) {
            return next;
        }
        List<Event> all = new ArrayList<>(kept);
        all.addAll(next.kept);
        return new StreamState(
                name, firstEpoch, next.shardEpoch, next.epochs, next.last, next.ended, next.age, all, next.whole);
    }

    /** Makes it a node's stream. Readers that stand in the stream go on in it, if it has what they have had. */
    void install(NamedStreams streams, long now) {
        NamedStream stream = streams.created(name);
        stream.firstEpoch = firstEpoch;
        stream.shardEpoch = shardEpoch;
        stream.epochs = epochs;
        stream.last = last;
        stream.hasEnded = ended;
        stream.changedAt = now - age;
        stream.writer().reset(epochs, last - kept.size(), kept);
        streams.weigh(stream);
        if (ended) {
            stream.writer().end();
        }
    }

    void writeTo(Buffer to) {
        BufferReader.appendText(to, name);
        BufferReader.appendText(to, firstEpoch);
        BufferReader.appendText(to, shardEpoch);
        BufferReader.appendText(to, epochs.toString());
        to.appendLong(last).appendByte((byte) (ended ? 1 : 0)).appendLong(age);
        to.appendByte((byte) (whole ? 1 : 0)).appendInt(kept.size());
        for (Event event : kept) {
            to.appendLong(event.n()).appendLong(event.time().toEpochMilli());
            BufferReader.appendEvent(to, new NewEvent(event.topic(), event.type(), event.data(), event.forget()));
        }
    }

    static StreamState read(BufferReader in) {
        String name = in.nextText();
        String firstEpoch = in.nextText();
        String shardEpoch = in.nextText();
        Epochs epochs = Epochs.parse(in.nextText());
        long last = in.nextLong();
        boolean ended = in.nextByte() != 0;
        long age = in.nextLong();
        boolean whole = in.nextByte() != 0;
        List<Event> kept = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            EventId id = epochs.id(in.nextLong());
            Instant time = Instant.ofEpochMilli(in.nextLong());
            kept.add(Event.of(id, time, in.nextEvent()));
        }
        return new StreamState(name, firstEpoch, shardEpoch, epochs, last, ended, age, kept, whole);
    }
}
