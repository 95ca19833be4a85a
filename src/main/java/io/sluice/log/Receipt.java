package io.sluice.log;

/**
 * A log's answer to a batch that it has appended.
 *
 * @param last the id of the batch's last event
 * @param count the number of its events
 * @param digest {@link Batch#digest()} of the batch that was appended, or 0 if it had no key. Another batch of the same key has
 *     another digest
 */
public record Receipt(EventId last, int count, long digest) {

    /** The receipt for a batch whose last event has an id. */
    public static Receipt of(Batch batch, EventId last) {
        return new Receipt(last, batch.events().size(), batch.key() == null ? 0 : batch.digest());
    }
}
