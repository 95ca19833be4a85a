package io.sluice.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one publish. A log appends all of them or none, in order and with consecutive numbers.
 *
 * @param events 1 to {@value #MAX_EVENTS}, of 16 MB at most together as {@link #requireSize} checks it; 0 too if the batch ends its
 *     stream
 * @param key the idempotency key, or null: 1 to {@value #MAX_KEY} printable ASCII characters. If the log has a batch of this
 *     key, it answers with that batch's receipt and appends nothing
 * @param end whether the stream ends with the batch: only a stream of a {@link TemplateLog} can
 */
public record Batch(List<NewEvent> events, @Nullable String key, boolean end) implements WriteQueue.Write {

    /** The most events of a batch, and of all batches that wait for a log at one time. */
    public static final int MAX_EVENTS = 10_000;

    /** The most bytes of data of a batch, and of all batches that wait for a log at one time. */
    public static final ByteSize MAX_SIZE = ByteSize.ofMegabytes(16);

    /** The longest key, in characters. */
    public static final int MAX_KEY = 255;

    /** Of a batch in a shard's log: {@link ShardCommand} adds topics and types to the data. */
    private static final long WRAPPED_BYTES = 2 * MAX_SIZE.bytes();

    private static final byte[] END = "end".getBytes(UTF_8);
    private static final byte[] FORGET = "forget".getBytes(UTF_8);

    /** @throws IllegalArgumentException that names the value and what is expected */
    public Batch {
        events = List.copyOf(events);
        if ((events.isEmpty() && !end) || events.size() > MAX_EVENTS) {
            throw refusal(events);
        }
        requireAtMost(WRAPPED_BYTES, events);
        if (key != null) {
            requireKey(key);
        }
    }

    /** A batch that ends nothing. */
    public Batch(List<NewEvent> events, @Nullable String key) {
        this(events, key, false);
    }

    /**
     * Checks that a publisher may send so much at once.
     *
     * @throws IllegalArgumentException that names the size and what is expected
     */
    public void requireSize() {
        requireAtMost(MAX_SIZE.bytes(), events);
    }

    private static void requireAtMost(long bytes, List<NewEvent> events) {
        if (size(events) > bytes) {
            throw refusal(events);
        }
    }

    private static IllegalArgumentException refusal(List<NewEvent> events) {
        return new IllegalArgumentException(events.size() + " events of " + size(events)
                + " bytes at once: expected 1 to " + MAX_EVENTS + " events of at most " + MAX_SIZE);
    }

    /**
     * Checks a key.
     *
     * @throws IllegalArgumentException that names the key and what is expected
     */
    public static void requireKey(String key) {
        if (!key.matches("[!-~]{1," + MAX_KEY + "}")) {
            String found =
                    key.length() > MAX_KEY ? "of " + key.length() + " characters" : '"' + TopicRules.visible(key) + '"';
            throw new IllegalArgumentException("idempotency key " + found + ": expected 1 to " + MAX_KEY
                    + " printable ASCII characters without a space");
        }
    }

    /** A batch without a key. */
    public static Batch of(NewEvent... events) {
        return new Batch(List.of(events), null);
    }

    /** The number of its events, or 1 if it has none. */
    @Override
    public int count() {
        return Math.max(1, events.size());
    }

    /** The size of the data in bytes. */
    @Override
    public long size() {
        return size(events);
    }

    private static long size(List<NewEvent> events) {
        long size = 0;
        for (NewEvent event : events) {
            size += event.size();
        }
        return size;
    }

    /** Tells batches of one key apart: 64 bits of SHA-256 over all topics, types and data. */
    public long digest() {
        MessageDigest sha = sha256();
        for (NewEvent event : events) {
            update(sha, event.topic().getBytes(UTF_8));
            update(sha, (event.type() == null ? "" : event.type()).getBytes(UTF_8));
            update(sha, event.data().toByteArray());
            if (event.forget()) {
                update(sha, FORGET);
            }
        }
        if (end) {
            update(sha, END);
        }
        return ByteBuffer.wrap(sha.digest()).getLong();
    }

    private static void update(MessageDigest sha, byte[] bytes) {
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        sha.update(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
