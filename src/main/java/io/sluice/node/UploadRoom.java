package io.sluice.node;

import io.sluice.log.NewEvent;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * The memory of a {@link LineUpload}: what has come since its last batch, which may be given up, and the batch that is under way, which
 * may not. Event loop only.
 */
final class UploadRoom {

    private final PendingBodies bodies;
    private final Runnable giveUp;
    private final UnreadBytes unread;
    private PendingBodies.Body coming;
    private long held;

    /** @param giveUp called in any thread if what has come has to go */
    UploadRoom(RoutingContext routing, PendingBodies bodies, Runnable giveUp) {
        this.bodies = bodies;
        this.giveUp = giveUp;
        this.unread = new UnreadBytes(routing, bytes -> coming.hold(held + bytes));
        this.coming = bodies.begin(giveUp);
    }

    /** Says how many bytes have come and are not under way. */
    void hold(long bytes) {
        held = bytes;
        coming.hold(bytes);
    }

    /**
     * Holds a batch that goes to the log. What comes from now on is as young as that: it is not what costs most only because the
     * upload is old.
     *
     * @param left the bytes that have come and are not of the batch
     * @return to be ended when the log has answered
     */
    PendingBodies.Body holdBatch(List<NewEvent> events, long left) {
        PendingBodies.Body batch = coming;
        batch.complete();
        batch.hold(events.stream().mapToLong(EventLines::held).sum());
        coming = bodies.begin(giveUp);
        hold(left);
        return batch;
    }

    /** The body is not read for a while. */
    void pause() {
        unread.watch();
    }

    /** The body is read again. */
    void resume() {
        unread.forget();
        coming.hold(held);
    }

    /** Nothing more comes, and nothing that has come is left. */
    void end() {
        unread.forget();
        coming.end();
    }
}
