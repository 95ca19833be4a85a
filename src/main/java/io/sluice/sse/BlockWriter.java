package io.sluice.sse;

import io.sluice.log.Journal;
import io.sluice.stream.CloseReason;
import io.sluice.stream.ResumeResult;
import io.sluice.stream.StreamListener;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes blocks to subscriptions, closes those that cannot be written to, and counts. Event loop only. */
final class BlockWriter {

    private static final Logger LOG = LoggerFactory.getLogger(BlockWriter.class);

    private final StreamListener listener;
    private final BiConsumer<Subscription, CloseReason> close;
    private final SlowClients slow;

    // Not told to the listener yet.
    private long events;
    private long bytes;
    private int behind;

    // Once is enough: if memory runs out, it does so for many.
    private boolean saidFailure;

    BlockWriter(StreamListener listener, BiConsumer<Subscription, CloseReason> close, SlowClients slow) {
        this.listener = listener;
        this.close = close;
        this.slow = slow;
    }

    /** How many bytes a subscription that is behind may be written now. */
    int room(Subscription subscription) {
        return slow.room(subscription);
    }

    /** Writes blocks that are for one subscription only. */
    void writeAlone(Subscription subscription, FrameBatch blocks, long now) {
        subscription.wrote(now);
        write(subscription, blocks, blocks.length());
        blocks.clear();
    }

    /** Writes blocks that others get too; {@link #release} when all have them. */
    void write(Subscription subscription, FrameBatch blocks) {
        write(subscription, blocks, 0);
    }

    /** Those who get the audience's slice have it. */
    void release(Audience audience) {
        slow.wroteToAll(audience.slice());
        audience.release();
    }

    /** A client that cannot be written to, and has not said so, misses something now: it is cut off, and comes back for it. */
    private void write(Subscription subscription, FrameBatch blocks, int alone) {
        events += blocks.events();
        bytes += blocks.events() == 0 ? 0 : blocks.length();
        try {
            subscription.path.write(blocks);
            slow.wrote(subscription, alone);
        } catch (RuntimeException | OutOfMemoryError e) {
            // Of the application's own handlers, or of direct memory.
            LOG.atLevel(saidFailure ? Level.DEBUG : Level.WARN)
                    .log("{} cannot be written to, and is cut off", subscription, e);
            saidFailure = true;
            close.accept(subscription, CloseReason.DEAD);
        }
    }

    /** Ends a subscription. It gets its position and the reason behind all that was written to it. */
    void close(Subscription subscription, CloseReason reason) {
        close.accept(subscription, reason);
    }

    /** A client was told of a gap, with the number of events in it if that is known. */
    void gapTold(@Nullable Long lost) {
        listener.gap(lost);
    }

    /** A client that came back was told where it goes on. */
    void resumed(ResumeResult result) {
        listener.resumed(result);
    }

    /** All who were due to get a slice of new events have it. */
    void sliceWritten(Journal.Entry oldest) {
        long nanos = oldest.nanosSinceArrival(System.nanoTime());
        if (nanos >= 0) {
            listener.written(nanos);
        }
    }

    /** More or fewer subscriptions are behind. */
    void behind(int more) {
        behind += more;
    }

    /** Tells the listener how many more or fewer are behind since the last call. */
    void reportBehind() {
        if (behind != 0) {
            listener.behind(behind);
            behind = 0;
        }
    }

    /** Tells the listener what was written since the last call. */
    void report() {
        reportBehind();
        if (events > 0) {
            listener.delivered(events, bytes);
            events = 0;
            bytes = 0;
        }
        slow.report();
    }
}
