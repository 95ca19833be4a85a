package io.sluice.hazelcast;

import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What a ring holds, as bytes, so that a member needs no class of ours.
 *
 * <pre>
 *   byte    kind and version
 *   long    term
 *   int     random bits, which tell apart what two sequencers would write in one place
 *   ...     what the kind needs; texts as an int, the length in bytes, and UTF-8
 * </pre>
 */
sealed interface LogRecord {

    /** Whose it is: each sequencer's is higher than the one's before. */
    long term();

    /** An event that was appended. */
    record Appended(
            long term,
            EventId id,
            Instant time,
            NewEvent publication,
            boolean more,
            @Nullable Keyed keyed) implements LogRecord {}

    /**
     * What the last record of a submission with a key says of it.
     *
     * @param count how many events it has
     */
    record Keyed(String key, int count, long digest) {}

    /** A sequencer begins: what comes later of one with a lower term does not count. */
    record TermStart(long term) implements LogRecord {}

    /**
     * Where the log stands: events up to there are safe. A sequencer writes one before its first event, one behind each batch,
     * and one where there has been no event for long, for who finds nothing else.
     */
    record Position(long term, Epochs epochs, long n) implements LogRecord {}

    // What each begins with; another layout takes other numbers.
    byte APPENDED = 1;
    byte TERM_START = 2;
    byte POSITION = 3;

    /** The bytes of a record, with fresh random bits. */
    static byte[] encode(LogRecord record) {
        Buffer bytes = Buffer.buffer(128);
        bytes.appendByte(kind(record)).appendLong(record.term());
        bytes.appendInt(ThreadLocalRandom.current().nextInt());
        if (record instanceof Appended appended) {
            encode(bytes, appended);
        } else if (record instanceof Position position) {
            text(bytes, position.epochs.toString()).appendLong(position.n);
        }
        return bytes.getBytes();
    }

    private static byte kind(LogRecord record) {
        return record instanceof Appended ? APPENDED : record instanceof TermStart ? TERM_START : POSITION;
    }

    private static void encode(Buffer bytes, Appended appended) {
        text(bytes, appended.id.epoch()).appendLong(appended.id.n());
        bytes.appendLong(appended.time.toEpochMilli()).appendByte((byte) (appended.more ? 1 : 0));
        BufferReader.publication(bytes, appended.publication);
        Keyed keyed = appended.keyed;
        text(bytes, keyed == null ? "" : keyed.key);
        if (keyed != null) {
            bytes.appendInt(keyed.count).appendLong(keyed.digest);
        }
    }

    private static Buffer text(Buffer bytes, String text) {
        return BufferReader.text(bytes, text);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException where it is anything else
     */
    static LogRecord decode(Buffer bytes) {
        BufferReader in = new BufferReader(bytes);
        try {
            byte kind = in.nextByte();
            long term = in.nextLong();
            in.nextInt();
            return switch (kind) {
                case APPENDED -> appended(term, in);
                case TERM_START -> new TermStart(term);
                case POSITION -> new Position(term, Epochs.parse(in.nextText()), number(in, 0));
                default -> throw new IllegalArgumentException("record of kind " + kind);
            };
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("record of " + bytes.length() + " bytes breaks off", e);
        }
    }

    private static long number(BufferReader in, long least) {
        long n = in.nextLong();
        if (n < least) {
            throw new IllegalArgumentException("record with n " + n + ": expected " + least + " or more");
        }
        return n;
    }

    private static Appended appended(long term, BufferReader in) {
        EventId id = new EventId(in.nextText(), number(in, 1));
        Instant time = Instant.ofEpochMilli(in.nextLong());
        boolean more = in.nextByte() != 0;
        NewEvent publication = in.nextPublication();
        String key = in.nextText();
        return new Appended(
                term, id, time, publication, more, key.isEmpty() ? null : new Keyed(key, in.nextInt(), in.nextLong()));
    }
}
