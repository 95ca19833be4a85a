package io.sluice.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What an event of a shard's log says: an event of one of the shard's streams, or what becomes of one.
 *
 * <pre>
 *   byte    kind
 *   byte    flags
 *   long    tag, by which the node that sent it finds its outcome; 0 if the batch has a key
 *   short   length of the topic, and its UTF-8; empty for the template's name
 *   short   length of the type, and its UTF-8; empty for none
 *   ...     data
 * </pre>
 *
 * <p>The name of the stream is the topic of the shard's event.
 */
record ShardCommand(
        Kind kind,
        int flags,
        long tag,
        @Nullable String topic,
        @Nullable String type,
        Bytes data) {

    enum Kind {
        /** An event of the stream. */
        EVENT(0),
        /** The stream is made, if it is not there. */
        CREATE(1),
        /** The stream ends. */
        END(2),
        /** The stream is deleted. */
        DELETE(3),
        /** The stream is deleted if nothing has happened to it after a position, which is the data. */
        EXPIRE(4),
        /** Everything before is forgotten: no node has it. The data is the position at which that was found. */
        START_OVER(5);

        private static final Kind[] ALL = values();

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        private static Kind of(byte code) {
            for (Kind kind : ALL) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("a command of the kind " + code + ": expected one that this node knows");
        }
    }

    /** The stream is made if it is not there. */
    static final int CREATES = 1;
    /** The last command of its batch. */
    static final int LAST = 2;
    /** The batch has a key. */
    static final int KEYED = 4;
    /** The stream ends with this event. */
    static final int ENDS = 8;
    /** The stream had ended: those who come back for it are told that it has gone. */
    static final int ENDED = 16;
    /** The event leaves nothing behind of its topic. */
    static final int FORGETS = 32;

    private static final int HEAD = 1 + 1 + Long.BYTES + 2 * Short.BYTES;
    private static final byte[] NONE = {};

    static ShardCommand of(Kind kind, int flags, long tag) {
        return new ShardCommand(kind, flags, tag, null, null, Bytes.wrap(NONE));
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The event of a shard's log that says this of a stream. */
    NewEvent toEvent(String stream) {
        byte[] topicBytes = topic == null ? NONE : topic.getBytes(UTF_8);
        byte[] typeBytes = type == null ? NONE : type.getBytes(UTF_8);
        byte[] all = new byte[HEAD + topicBytes.length + typeBytes.length + data.size()];
        ByteBuffer.wrap(all)
                .put(kind.code)
                .put((byte) flags)
                .putLong(tag)
                .putShort((short) topicBytes.length)
                .put(topicBytes)
                .putShort((short) typeBytes.length)
                .put(typeBytes);
        data.copyTo(0, data.size(), all, all.length - data.size());
        return new NewEvent(stream, null, Bytes.wrap(all));
    }

    /**
     * Reads what {@link #toEvent} wrote.
     *
     * @throws IllegalArgumentException if the bytes are anything else
     */
    static ShardCommand read(Bytes bytes) {
        ByteBuffer in = bytes.toByteBuffer();
        try {
            Kind kind = Kind.of(in.get());
            int flags = in.get();
            long tag = in.getLong();
            String topic = text(in);
            String type = text(in);
            return new ShardCommand(kind, flags, tag, topic, type, Bytes.wrap(next(in, in.remaining())));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a command of " + bytes.size() + " bytes breaks off", e);
        }
    }

    private static @Nullable String text(ByteBuffer in) {
        int length = in.getShort() & 0xffff;
        return length == 0 ? null : new String(next(in, length), UTF_8);
    }

    /** A copy: the bytes may be a small part of what another node has sent. */
    private static byte[] next(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] part = new byte[length];
        in.get(part);
        return part;
    }
}
