package io.sluice.node;

import io.netty.buffer.ByteBuf;

/** Follows the frames of a client of HTTP/2 (RFC 9113 4.1), from its preface on, without their content. */
final class FrameBoundaries {

    private static final int PREFACE = 24;
    private static final int FRAME_HEADER = 9;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    // The rest of the preface, or of a frame's payload.
    private int left = PREFACE;
    // The bytes of a frame's header so far.
    private int head;
    private int length;
    private int type;
    private boolean inBlock;

    /** Whether a frame, or a block of header fields, has begun and not ended. */
    boolean isWithin() {
        return left > 0 || head > 0 || inBlock;
    }

    /** Reads on, and leaves the buffer as it is. */
    void read(ByteBuf in) {
        int end = in.writerIndex();
        for (int at = in.readerIndex(); at < end; ) {
            if (left > 0) {
                int skipped = Math.min(left, end - at);
                left -= skipped;
                at += skipped;
            } else {
                header(in.getUnsignedByte(at++));
            }
        }
    }

    private void header(int next) {
        if (head < 3) {
            length = length << 8 | next;
        } else if (head == 3) {
            type = next;
        } else if (head == 4 && (type == HEADERS || type == CONTINUATION)) {
            inBlock = (next & END_HEADERS) == 0;
        }
        head++;
        if (head == FRAME_HEADER) {
            left = length;
            head = 0;
            length = 0;
        }
    }
}
