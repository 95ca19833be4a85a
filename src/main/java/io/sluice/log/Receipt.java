package io.sluice.log;

/**
 * What a log says of a submission that it has.
 *
 * @param last the id of its last event
 * @param count how many events it had
 * @param digest of the submission that the log took, where that had a key, else 0: who repeats a key with other events learns
 *     it here
 */
public record Receipt(EventId last, int count, long digest) {

    /** The receipt for a submission that ends at a position. */
    public static Receipt of(Batch submission, EventId last) {
        return new Receipt(last, submission.events().size(), submission.key() == null ? 0 : submission.digest());
    }
}
