package io.sluice.log;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a shard's state at one position of its log, as it goes from node to node.
 *
 * @param position up to which the commands have been applied
 * @param startedOver the position of the last {@link ShardCommand.Kind#START_OVER} that was
 * @param gone the streams that have gone, with the milliseconds since then
 * @param next where the next page begins; null if this is the last one
 */
record ShardPage(
        EventId position,
        long startedOver,
        List<StreamState> streams,
        Map<String, Long> gone,
        List<KeyedOutcome> outcomes,
        @Nullable PageCursor next) {

    /**
     * The outcome of a batch with a key.
     *
     * @param position of its last command
     * @param age the milliseconds since then
     */
    record KeyedOutcome(long position, Outcome outcome, long age) {}

    private static final byte DONE = 0;
    private static final byte CHANGED = 1;
    private static final byte ENDED = 2;
    private static final byte UNKNOWN = 3;

    void writeTo(Buffer to) {
        BufferReader.appendText(to, position.epoch()).appendLong(position.n()).appendLong(startedOver);
        to.appendInt(streams.size());
        streams.forEach(stream -> stream.writeTo(to));
        to.appendInt(gone.size());
        gone.forEach((name, age) -> BufferReader.appendText(to, name).appendLong(age));
        to.appendInt(outcomes.size());
        outcomes.forEach(outcome -> write(to, outcome));
        to.appendByte((byte) (next == null ? 0 : 1));
        if (next != null) {
            next.writeTo(to);
        }
    }

    static ShardPage read(BufferReader in) {
        EventId position = new EventId(in.nextText(), in.nextLong());
        long startedOver = in.nextLong();
        List<StreamState> streams = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            streams.add(StreamState.read(in));
        }
        Map<String, Long> gone = new LinkedHashMap<>();
        for (int left = in.nextInt(); left > 0; left--) {
            gone.put(in.nextText(), in.nextLong());
        }
        List<KeyedOutcome> outcomes = new ArrayList<>();
        for (int left = in.nextInt(); left > 0; left--) {
            outcomes.add(outcome(in));
        }
        return new ShardPage(
                position, startedOver, streams, gone, outcomes, in.nextByte() == 0 ? null : PageCursor.read(in));
    }

    private static void write(Buffer to, KeyedOutcome keyed) {
        to.appendLong(keyed.position).appendLong(keyed.age);
        if (keyed.outcome instanceof Outcome.Done done) {
            to.appendByte(done.changed() ? CHANGED : DONE);
            BufferReader.appendText(to, done.position().epoch())
                    .appendLong(done.position().n());
        } else {
            to.appendByte(keyed.outcome instanceof Outcome.Ended ? ENDED : UNKNOWN);
        }
    }

    private static KeyedOutcome outcome(BufferReader in) {
        long position = in.nextLong();
        long age = in.nextLong();
        byte kind = in.nextByte();
        Outcome outcome =
                switch (kind) {
                    case ENDED -> new Outcome.Ended();
                    case UNKNOWN -> new Outcome.Unknown();
                    default -> new Outcome.Done(new EventId(in.nextText(), in.nextLong()), kind == CHANGED);
                };
        return new KeyedOutcome(position, outcome, age);
    }
}
