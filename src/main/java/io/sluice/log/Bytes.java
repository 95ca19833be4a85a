package io.sluice.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/** Bytes that do not change: the data of an event. Usually UTF-8 text. May be a part of a larger array, which it keeps alive. */
public final class Bytes {

    private final byte[] array;
    private final int from;
    private final int size;

    private Bytes(byte[] array, int from, int size) {
        this.array = array;
        this.from = from;
        this.size = size;
    }

    /** The UTF-8 of a text. */
    public static Bytes of(String text) {
        return wrap(text.getBytes(UTF_8));
    }

    public static Bytes copyOf(byte[] bytes) {
        return wrap(bytes.clone());
    }

    /**
     * The text of UTF-8.
     *
     * @throws CharacterCodingException if the bytes are not UTF-8
     */
    public static String decode(byte[] utf8) throws CharacterCodingException {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    /** Without a copy: the array must not change any more. */
    static Bytes wrap(byte[] bytes) {
        return new Bytes(bytes, 0, bytes.length);
    }

    /** A part of an array, without a copy: the array must not change any more. */
    public static Bytes slice(byte[] bytes, int from, int size) {
        return new Bytes(bytes, from, size);
    }

    public int size() {
        return size;
    }

    public byte at(int index) {
        return array[from + index];
    }

    /** Copies the bytes from {@code begin} up to {@code end} into an array, beginning at a place in it. */
    public void copyTo(int begin, int end, byte[] target, int place) {
        System.arraycopy(array, from + begin, target, place, end - begin);
    }

    /** To read only. */
    ByteBuffer toByteBuffer() {
        return ByteBuffer.wrap(array, from, size);
    }

    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, from, from + size);
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof Bytes that
                && Arrays.equals(array, from, from + size, that.array, that.from, that.from + that.size);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < size; i++) {
            hash = 31 * hash + at(i);
        }
        return hash;
    }

    /** The text, if they are UTF-8; each malformed byte becomes U+FFFD. */
    @Override
    public String toString() {
        return new String(array, from, size, UTF_8);
    }
}
