package io.sluice.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/** Reads HTTP responses with streams of blocks in them, as the bytes come. */
public final class Answers {

    /** Who is told. */
    public interface Reader {
        /** A head; says whether a body follows. */
        boolean head(String head);

        void block(String block);

        /** The response has ended. */
        void end();
    }

    private enum Next {
        HEAD,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TO_THE_END
    }

    private final Reader reader;
    private final StringBuilder line = new StringBuilder();
    private byte[] block = new byte[4096];
    private int length; // of what there is of the block
    private Next next = Next.HEAD;
    private long left; // of the chunk

    public Answers(Reader reader) {
        this.reader = reader;
    }

    public void take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            switch (next) {
                case HEAD -> head(bytes);
                case CHUNK_SIZE -> chunkSize(bytes);
                case CHUNK -> chunk(bytes);
                case CHUNK_END -> chunkEnd(bytes);
                case TO_THE_END -> blockByte(bytes.get());
            }
        }
    }

    /** The connection has ended. */
    public void connectionEnded() {
        if (next == Next.TO_THE_END) {
            end();
        }
    }

    boolean isBetweenResponses() {
        return next == Next.HEAD && line.length() == 0;
    }

    private void head(ByteBuffer bytes) {
        line.append((char) (bytes.get() & 0xff));
        int size = line.length();
        if (size < 4
                || line.charAt(size - 1) != '\n'
                || !line.substring(size - 4).equals("\r\n\r\n")) {
            return;
        }
        String head = line.toString();
        line.setLength(0);
        if (reader.head(head)) {
            next = head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")
                    ? Next.CHUNK_SIZE
                    : Next.TO_THE_END;
        }
    }

    private void chunkSize(ByteBuffer bytes) {
        char c = (char) bytes.get();
        if (c != '\n') {
            line.append(c);
            return;
        }
        left = Long.parseLong(line.toString().strip(), 16);
        line.setLength(0);
        next = left == 0 ? Next.CHUNK_END : Next.CHUNK;
    }

    private void chunk(ByteBuffer bytes) {
        for (; left > 0 && bytes.hasRemaining(); left--) {
            blockByte(bytes.get());
        }
        if (left == 0) {
            left = -1; // a chunk's end, not the body's
            next = Next.CHUNK_END;
        }
    }

    private void chunkEnd(ByteBuffer bytes) {
        if (bytes.get() != '\n') {
            return;
        }
        if (left < 0) {
            next = Next.CHUNK_SIZE;
        } else {
            end();
        }
    }

    private void end() {
        next = Next.HEAD;
        length = 0;
        reader.end();
    }

    private void blockByte(byte b) {
        if (b == '\n' && length > 0 && block[length - 1] == '\n') {
            String text = new String(block, 0, length, ISO_8859_1);
            length = 0;
            reader.block(text);
            return;
        }
        if (length == block.length) {
            block = Arrays.copyOf(block, 2 * length);
        }
        block[length++] = b;
    }
}
