package io.sluice.node;

import io.sluice.log.ByteSize;
import io.sluice.log.Bytes;
import io.vertx.ext.web.handler.HttpException;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The data of an event as its bytes come: checked at once, and kept byte for byte. Whatever is wrong fails with a {@link
 * HttpException}: 400, or 413 as soon as the data is too large. One thread.
 */
final class EventData {

    private static final byte[] NONE = {};
    private static final String JSON_BLANKS = " \t\r\n";

    /** The check of JSON that is under way: its parser, with a first buffer of 4000 chars. */
    private static final int CHECK_BYTES = 10 << 10;

    private final boolean isJson;
    private final ByteSize max;
    private final Supplier<String> name;
    /** Once the data has begun; white space before JSON is not its beginning. */
    private @Nullable JsonCheck json;

    private final Utf8Check utf8 = new Utf8Check();
    private byte[] bytes = NONE;
    private int size;

    /**
     * @param isJson whether the data has to be one JSON value; otherwise any text
     * @param max the largest data
     * @param name what the data is, for messages
     */
    EventData(boolean isJson, ByteSize max, Supplier<String> name) {
        this.isJson = isJson;
        this.max = max;
        this.name = name;
    }

    /** Takes the next bytes, {@code from} up to {@code to}. */
    void take(byte[] chunk, int from, int to) {
        if (!utf8.take(chunk, from, to)) {
            throw notUtf8();
        }
        if (isJson && (json != null || !isBlank(chunk, from, to))) {
            JsonCheck check = json == null ? new JsonCheck() : json;
            json = check;
            checkJson(() -> check.take(chunk, from, to));
        }
        append(chunk, from, to);
    }

    /** The whole data. Begins with the next one. */
    Bytes end() {
        if (!utf8.isComplete()) {
            throw notUtf8();
        }
        if (isJson) {
            JsonCheck check = json;
            if (check == null) {
                throw new HttpException(400, name.get() + " is empty: expected JSON");
            }
            checkJson(check::end);
        }
        if (size > max.bytes()) {
            throw tooLarge(size + " bytes");
        }
        byte[] whole = bytes.length - size <= 1 ? bytes : Arrays.copyOf(bytes, size);
        Bytes data = Bytes.slice(whole, 0, size);
        clear();
        return data;
    }

    /** Forgets what came, whole characters, and begins with the next one. */
    void clear() {
        if (json != null) {
            json.close();
            json = null;
        }
        bytes = NONE;
        size = 0;
    }

    /** Drops the last byte if it is this one. */
    void dropLast(char last) {
        if (size > 0 && bytes[size - 1] == last) {
            size--;
        }
    }

    /** Whether JSON has not begun yet. */
    boolean isBlank() {
        return json == null;
    }

    private static boolean isBlank(byte[] chunk, int from, int to) {
        for (int i = from; i < to; i++) {
            if (JSON_BLANKS.indexOf(chunk[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The memory that the data holds, in bytes. The check of JSON has a string of it once more, as chars. */
    int held() {
        return json == null ? bytes.length : bytes.length + Character.BYTES * size + CHECK_BYTES;
    }

    /** A last byte more may come, and be dropped. */
    private void append(byte[] chunk, int from, int to) {
        int newSize = size + to - from;
        if (newSize > max.bytes() + 1) {
            throw tooLarge(newSize + " bytes or more");
        }
        if (newSize > bytes.length) {
            long roomy = size == 0 ? newSize : Math.max(newSize, Math.min(2L * size, max.bytes() + 1));
            bytes = Arrays.copyOf(bytes, (int) roomy);
        }
        System.arraycopy(chunk, from, bytes, size, to - from);
        size = newSize;
    }

    private HttpException tooLarge(String found) {
        return new HttpException(413, name.get() + " has " + found + ": expected at most " + max);
    }

    private void checkJson(Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, name.get() + ' ' + e.getMessage());
        }
    }

    private HttpException notUtf8() {
        return new HttpException(400, name.get() + " is not UTF-8");
    }
}
