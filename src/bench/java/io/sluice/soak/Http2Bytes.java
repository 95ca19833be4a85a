package io.sluice.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;

/** What a client of HTTP/2 (RFC 9113) sends, frame by frame, right or wrong as the caller likes. */
final class Http2Bytes {

    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int END_STREAM_AND_HEADERS = 0x1 | 0x4;
    private static final int CANCEL = 8;

    // HPACK, RFC 7541: entries of the static table, and the largest length in one byte.
    private static final int METHOD_GET = 0x80 | 2;
    private static final int SCHEME_HTTP = 0x80 | 6;
    private static final int NAMED_AUTHORITY = 1;
    private static final int NAMED_PATH = 4;
    private static final int LONGEST_IN_ONE_BYTE = 126;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int nextStream = 1;

    /** Begins a connection whose streams may be sent so many bytes each. */
    Http2Bytes(int initialWindow) {
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        ByteArrayOutputStream setting = new ByteArrayOutputStream();
        setting.write(0);
        setting.write(INITIAL_WINDOW_SIZE);
        writeInt(setting, initialWindow);
        frame(SETTINGS, 0, 0, setting.toByteArray());
    }

    /** Adds a GET on a stream of its own, with one more header field. */
    Http2Bytes get(String path, String name, String value) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(METHOD_GET);
        block.write(SCHEME_HTTP);
        block.write(NAMED_AUTHORITY);
        text(block, "localhost");
        block.write(NAMED_PATH);
        text(block, path);
        block.write(0);
        text(block, name);
        text(block, value);
        frame(HEADERS, END_STREAM_AND_HEADERS, nextStream, block.toByteArray());
        nextStream += 2;
        return this;
    }

    Http2Bytes get(String path) {
        return get(path, "accept", "text/event-stream");
    }

    /** Takes the newest request back. */
    Http2Bytes cancel() {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        writeInt(code, CANCEL);
        frame(RST_STREAM, 0, nextStream - 2, code.toByteArray());
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private void frame(int type, int flags, int stream, byte[] payload) {
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        writeInt(out, stream);
        out.writeBytes(payload);
    }

    /** A text as it is, without Huffman's code. */
    private static void text(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        if (bytes.length <= LONGEST_IN_ONE_BYTE) {
            block.write(bytes.length);
        } else {
            block.write(LONGEST_IN_ONE_BYTE + 1);
            int rest = bytes.length - LONGEST_IN_ONE_BYTE - 1;
            for (; rest >= 128; rest >>= 7) {
                block.write(0x80 | (rest & 0x7f));
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    private static void writeInt(ByteArrayOutputStream out, int value) {
        out.write(value >> 24);
        out.write(value >> 16);
        out.write(value >> 8);
        out.write(value);
    }
}
