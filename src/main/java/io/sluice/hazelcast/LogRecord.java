package io.sluice.hazelcast;

import io.sluice.log.BufferReader;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A record of a ring. The ring holds bytes, so that a member without Sluice can hold it too.
 *
 * <pre>
 *   byte    kind and version
 *   long    term
 *   int     random bits, which tell apart what two leaders would write at one place
 *   ...     as the kind needs; a text is an int, its length in bytes, and its UTF-8
 * </pre>
 */
sealed interface LogRecord {

    /** The term of the leader that wrote it. Terms rise. */
    long term();

    /**
     * An event.
     *
     * @param more whether its batch has more events
     */
    record Appended(
            long term,
            EventId id,
            Instant time,
            NewEvent event,
            boolean more,
            @Nullable Keyed keyed) implements LogRecord {}

    /**
     * The key of a batch, in the batch's last record.
     *
     * @param count how many events the batch has
     */
    record Keyed(String key, int count, long digest) {}

    /** A term begins: later records of a lower term do not count. */
    record TermStart(long term) implements LogRecord {}

    /**
     * A position of the log: the events up to n are safe. A leader writes one before its first event, one behind each batch, and one
     * now and then, so that a node that joins a silent log finds one.
     */
    record Position(long term, Epochs epochs, long n) implements LogRecord {}

    // The first byte of each kind. Another layout takes other numbers.
    byte APPENDED = 4;
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
        BufferReader.appendEvent(bytes, appended.event);
        Keyed keyed = appended.keyed;
        text(bytes, keyed == null ? "" : keyed.key);
        if (keyed != null) {
            bytes.appendInt(keyed.count).appendLong(keyed.digest);
        }
    }

    private static Buffer text(Buffer bytes, String text) {
        return BufferReader.appendText(bytes, text);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if the bytes are anything else
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
        NewEvent event = in.nextEvent();
        String key = in.nextText();
        return new Appended(
                term, id, time, event, more, key.isEmpty() ? null : new Keyed(key, in.nextInt(), in.nextLong()));
    }
}
