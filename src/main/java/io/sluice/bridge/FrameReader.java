package io.sluice.bridge;

import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Splits a client's bytes into frames: a length, four bytes, big endian, and that many bytes. It keeps none of a frame that is
 * too large, and of another one only the bytes that have arrived. Event loop only.
 */
final class FrameReader {

    private enum Part {
        LENGTH,
        BODY,
        /** The body of a frame that is too large. */
        SKIPPED
    }

    private final int maxFrame;
    private final Consumer<Buffer> frames;
    private final LongConsumer tooLarge;

    private Part part = Part.LENGTH;
    private Buffer bytes = Buffer.buffer();
    /** The bytes of the part that have not arrived yet. */
    private long missing = Integer.BYTES;

    /**
     * @param frames takes the body of each frame
     * @param tooLarge takes the length of a frame that is skipped
     */
    FrameReader(int maxFrame, Consumer<Buffer> frames, LongConsumer tooLarge) {
        this.maxFrame = maxFrame;
        this.frames = frames;
        this.tooLarge = tooLarge;
    }

    void read(Buffer chunk) {
        int at = 0;
        while (at < chunk.length()) {
            int count = (int) Math.min(missing, chunk.length() - at);
            if (part != Part.SKIPPED) {
                bytes.appendBuffer(chunk, at, count);
            }
            at += count;
            missing -= count;
            // Twice for a frame without a body.
            while (missing == 0) {
                complete();
            }
        }
    }

    private void complete() {
        Part ended = part;
        Buffer complete = bytes;
        bytes = Buffer.buffer();
        if (ended == Part.LENGTH) {
            missing = complete.getUnsignedInt(0);
            part = missing > maxFrame ? Part.SKIPPED : Part.BODY;
            if (part == Part.SKIPPED) {
                tooLarge.accept(missing);
            }
            return;
        }
        part = Part.LENGTH;
        missing = Integer.BYTES;
        if (ended == Part.BODY) {
            frames.accept(complete);
        }
    }
}
