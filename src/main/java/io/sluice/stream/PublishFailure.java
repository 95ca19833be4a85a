package io.sluice.stream;

import io.sluice.log.KeyReusedException;
import io.sluice.log.NoSuchStreamException;
import io.sluice.log.NotTakenException;
import io.sluice.log.StreamEndedException;

/**
 * Why a publish failed, and its code at each door: the failure code of a bus request, and the status of a POST.
 *
 * <table>
 * <caption>Codes</caption>
 * <tr><th>failure<th>bus<th>HTTP<th>in the log
 * <tr><td>the events cannot be a batch<td>400<td>413<td>no
 * <tr><td>the key was used for other events<td>422<td>422<td>no
 * <tr><td>the stream has ended<td>409<td>409<td>no
 * <tr><td>the stream cannot end<td>405<td>405<td>no
 * <tr><td>there is no such stream<td>404<td>404<td>no
 * <tr><td>the log did not take it<td>503<td>503<td>no
 * <tr><td>the answer was lost<td>503<td>503<td>maybe
 * </table>
 */
public enum PublishFailure {
    /** The events are too many or too large for a batch, or a message is no event. */
    INVALID(400, 413),
    /** The idempotency key was used for other events. */
    KEY_REUSED(422, 422),
    /** The stream has ended: it takes nothing any more. */
    ENDED(409, 409),
    /** A declared stream was to end, as only the streams of a template do. */
    CANNOT_END(405, 405),
    /** There is no such stream, and publishing does not make one. */
    NO_SUCH_STREAM(404, 404),
    /** Nothing was published: try again. */
    NOT_TAKEN(503, 503),
    /** The batch may have been published: try again with the same idempotency key. */
    OUTCOME_UNKNOWN(503, 503);

    private final int busCode;
    private final int httpStatus;

    PublishFailure(int busCode, int httpStatus) {
        this.busCode = busCode;
        this.httpStatus = httpStatus;
    }

    /** The row of a failure of {@link EventStream#publish}. */
    public static PublishFailure of(Throwable failure) {
        if (failure instanceof KeyReusedException) {
            return KEY_REUSED;
        } else if (failure instanceof IllegalArgumentException) {
            return INVALID;
        } else if (failure instanceof StreamEndedException) {
            return ENDED;
        } else if (failure instanceof UnsupportedOperationException) {
            return CANNOT_END;
        } else if (failure instanceof NoSuchStreamException) {
            return NO_SUCH_STREAM;
        }
        return failure instanceof NotTakenException ? NOT_TAKEN : OUTCOME_UNKNOWN;
    }

    /** The failure code of a bus request. */
    public int busCode() {
        return busCode;
    }

    /** The status of a POST. */
    public int httpStatus() {
        return httpStatus;
    }
}
