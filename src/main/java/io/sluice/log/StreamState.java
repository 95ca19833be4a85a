package io.sluice.log;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that a shard has of a stream at one position of its log, or a part of it: a stream with many events goes from node to node in
 * several parts.
 *
 * <pre>
 *   latest      12 .. 31 ... 47                        one of each topic that has none in the ring
 *   kept                        55 56 57 .. 80         the ring
 *   parts       |----------| |---------| |----|
 * </pre>
 *
 * @param forgotten the number up to which the newest events of topics had to go
 * @param age the milliseconds since something has happened to it
 * @param latest the newest events that it keeps beyond the bounds of its history, oldest first: see {@link History#latest}
 * @param kept its kept events, oldest first, without a hole
 * @param whole whether these are all up to the last one; otherwise the next part goes on
 */
record StreamState(
        String name,
        String firstEpoch,
        String shardEpoch,
        Epochs epochs,
        long last,
        long forgotten,
        boolean ended,
        long age,
        List<Event> latest,
        List<Event> kept,
        boolean whole) {

    private static final int EVENT_BYTES = 40;

    StreamState {
        latest = List.copyOf(latest);
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
        Part part = new Part(journal, after, bytes);
        boolean whole = part.readLatest() && part.readKept();
        return new StreamState(
                stream.name(),
                stream.firstEpoch,
                stream.shardEpoch,
                stream.epochs,
                stream.last,
                journal.id(journal.forgotten()).n(),
                stream.hasEnded,
                Math.max(0, now - stream.changedAt),
                part.latest,
                part.kept,
                whole);
    }

    /** Reads the events behind a number, as many as a part takes. */
    private static final class Part {

        private final Journal journal;
        private final long after;
        private final List<Event> latest = new ArrayList<>();
        private final List<Event> kept = new ArrayList<>();
        private long left;

        private Part(Journal journal, long after, long bytes) {
            this.journal = journal;
            this.after = after;
            this.left = bytes;
        }

        /** Returns whether all of them were read. */
        private boolean readLatest() {
            Journal.Entry next = journal.latestAfter(journal.timeline.position(after));
            while (next != null && left > 0) {
                add(next.event(), latest);
                next = journal.latestAfter(next.position());
            }
            return next == null;
        }

        /** Returns whether all of them were read. */
        private boolean readKept() {
            long position = Math.max(journal.tail(), journal.timeline.position(after) + 1);
            for (; position <= journal.head() && left > 0; position++) {
                Journal.Entry entry = journal.read(position);
                if (entry != null) {
                    add(entry.event(), kept);
                }
            }
            return position > journal.head();
        }

        private void add(Event event, List<Event> to) {
            to.add(event);
            left -= bytes(event);
        }
    }

    /** About its size as it is sent. */
    int size() {
        return name.length()
                + EVENT_BYTES * 4
                + Stream.concat(latest.stream(), kept.stream())
                        .mapToInt(StreamState::bytes)
                        .sum();
    }

    private static int bytes(Event event) {
        return event.size() + EVENT_BYTES;
    }

    /** The number of the last event that it has; that before the next one if it has none. */
    long end() {
        if (!kept.isEmpty()) {
            return kept.get(kept.size() - 1).n();
        }
        return whole || latest.isEmpty() ? last : latest.get(latest.size() - 1).n();
    }

    /**
     * The two parts as one; only the later one, if the stream was made anew.
     *
     * @param since the topics that were forgotten between the two: the later one does not tell
     */
    StreamState with(StreamState next, Set<String> since) {
        if (!next.name.equals(name) || !next.firstEpoch.equals(firstEpoch)) {
            return next;
        }
        List<Event> all = new ArrayList<>();
        boolean follows =
                next.kept.isEmpty() ? next.last == end() : next.kept.get(0).n() == end() + 1;
        if (follows) {
            all.addAll(kept);
        }
        all.addAll(next.kept);
        return new StreamState(
                name,
                firstEpoch,
                next.shardEpoch,
                next.epochs,
                next.last,
                next.forgotten,
                next.ended,
                next.age,
                latestWith(next, since, follows),
                all,
                next.whole);
    }

    /** If there is a hole between the kept events, those of the earlier part have left the ring since. */
    private List<Event> latestWith(StreamState next, Set<String> since, boolean follows) {
        LatestByTopic all = new LatestByTopic(Integer.MAX_VALUE);
        Stream.concat(latest.stream(), follows ? Stream.of() : kept.stream())
                .filter(event -> !since.contains(event.topic()))
                .forEach(all::add);
        next.latest.forEach(all::add);
        return all.without(next.kept).stream()
                .filter(event -> event.n() > next.forgotten)
                .toList();
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
        stream.writer().reset(epochs, last - kept.size(), latest, kept);
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
        to.appendLong(last).appendLong(forgotten);
        to.appendByte((byte) (ended ? 1 : 0)).appendLong(age).appendByte((byte) (whole ? 1 : 0));
        write(to, latest);
        write(to, kept);
    }

    private static void write(Buffer to, List<Event> events) {
        to.appendInt(events.size());
        for (Event event : events) {
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
        long forgotten = in.nextLong();
        boolean ended = in.nextByte() != 0;
        long age = in.nextLong();
        boolean whole = in.nextByte() != 0;
        List<Event> latest = events(in, epochs);
        return new StreamState(
                name, firstEpoch, shardEpoch, epochs, last, forgotten, ended, age, latest, events(in, epochs), whole);
    }

    private static List<Event> events(BufferReader in, Epochs epochs) {
        List<Event> events = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            EventId id = epochs.id(in.nextLong());
            Instant time = Instant.ofEpochMilli(in.nextLong());
            events.add(Event.of(id, time, in.nextEvent()));
        }
        return events;
    }
}
