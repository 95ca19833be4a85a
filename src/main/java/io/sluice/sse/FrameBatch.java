package io.sluice.sse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole blocks that go out together, to one client or to many. They become bytes once in each shape that a write path asks for.
 *
 * <p>Event loop only.
 */
final class FrameBatch {

    // Its duplicates are recycled: one per client and write is no garbage. Those of Vert.x' own allocator are not.
    private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private static final int CRLF = '\r' << 8 | '\n';

    private final List<byte[]> blocks = new ArrayList<>();
    private int length;
    private int events;
    private @Nullable ByteBuf chunk;
    private @Nullable Buffer body;

    /** Adds a block to those that are not asked for yet. */
    FrameBatch append(byte[] block) {
        blocks.add(block);
        length += block.length;
        return this;
    }

    /** Adds an event's block. */
    FrameBatch appendEvent(byte[] block) {
        events++;
        return append(block);
    }

    /** How many of the blocks are events of the stream. */
    int events() {
        return events;
    }

    /** How many bytes, without any framing. */
    int length() {
        return length;
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** Adds the blocks to others, apart from empty ones. */
    void addTo(List<byte[]> others) {
        for (byte[] block : blocks) {
            if (block.length > 0) {
                others.add(block);
            }
        }
    }

    /** The blocks as one chunk of RFC 9112 7.1, in direct memory; a reference for the caller to give away. */
    ByteBuf chunk() {
        if (chunk == null) {
            byte[] size = Integer.toHexString(length).getBytes(StandardCharsets.US_ASCII);
            int capacity = size.length + 2 + length + 2;
            // Not to grow: it is shared.
            chunk = ALLOCATOR.directBuffer(capacity, capacity);
            chunk.writeBytes(size).writeShort(CRLF);
            for (byte[] block : blocks) {
                chunk.writeBytes(block);
            }
            chunk.writeShort(CRLF);
        }
        return chunk.retainedDuplicate();
    }

    /** A reference to the chunk for the caller to release, if others were given away and are not released. Otherwise null. */
    @Nullable
    ByteBuf retainIfShared() {
        return chunk == null || chunk.refCnt() == 1 ? null : chunk.retain();
    }

    /** The blocks as they are; to read only. */
    Buffer body() {
        if (body == null) {
            body = Buffer.buffer(length);
            for (byte[] block : blocks) {
                body.appendBytes(block);
            }
        }
        return body;
    }

    /** Begins anew. What was given away lives as long as it is needed. */
    void clear() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
        body = null;
        blocks.clear();
        length = 0;
        events = 0;
    }
}
