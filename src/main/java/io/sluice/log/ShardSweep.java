package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Goes through the streams of a shard each second: drops events that are too old, and, at the node that leads the shard's log, has
 * the streams deleted whose time is over. One timer for all of them. A turn looks at {@value #STREAMS} at most, and the next one
 * waits until the log has deleted what it found.
 *
 * <p>On the shard's context only.
 */
final class ShardSweep implements Leadership {

    /** What becomes of streams whose time is over. */
    interface Expiry {

        /** Has each stream count as used when it was last used at any node. Fails if that cannot be known now. */
        Future<Void> askOthers(List<NamedStream> idle);

        /** Deletes a stream, unless something has happened to it meanwhile. */
        Future<?> expire(NamedStream stream);
    }

    private static final long PAUSE_MILLIS = 1000;
    private static final int STREAMS = 1000;

    private final ContextInternal context;
    private final TemplateRules rules;
    private final NamedStreams streams;
    private final Expiry expiry;
    private final BooleanSupplier complete;
    private final InstantSource clock;

    // Read by any thread.
    private volatile boolean leading;

    private boolean stopped;
    private long timer = -1;

    /** @param complete whether the streams are as the log says */
    ShardSweep(
            ContextInternal context,
            TemplateRules rules,
            NamedStreams streams,
            Expiry expiry,
            BooleanSupplier complete,
            InstantSource clock) {
        this.context = context;
        this.rules = rules;
        this.streams = streams;
        this.expiry = expiry;
        this.complete = complete;
        this.clock = clock;
    }

    @Override
    public Future<Void> lead() {
        leading = true;
        return context.succeededFuture();
    }

    @Override
    public Future<Void> stepDown() {
        leading = false;
        return context.succeededFuture();
    }

    /** Whether this node leads the shard's log. Any thread. */
    boolean isLeading() {
        return leading;
    }

    void start() {
        if (!stopped) {
            timer = context.setTimer(pauseMillis(), id -> sweep().onComplete(done -> start()));
        }
    }

    /** A short idle or keep is not made much longer by the pause. */
    private long pauseMillis() {
        long shortest = Math.min(rules.idle().toMillis(), rules.keep().toMillis());
        return Math.max(1, Math.min(PAUSE_MILLIS, shortest / 2));
    }

    void stop() {
        stopped = true;
        context.owner().cancelTimer(timer);
    }

    /** Looks at each stream once. */
    Future<Void> sweep() {
        Promise<Void> done = context.promise();
        turn(streams.all().iterator(), done);
        return done.future();
    }

    private void turn(Iterator<NamedStream> rest, Promise<Void> done) {
        List<NamedStream> over = new ArrayList<>();
        for (int i = 0; i < STREAMS && rest.hasNext() && !stopped; i++) {
            NamedStream stream = rest.next();
            stream.writer().trim();
            streams.weigh(stream);
            if (leading && isOver(stream) && complete.getAsBoolean()) {
                over.add(stream);
            }
        }
        // One that was not deleted is for the next sweep.
        expire(over).onComplete(all -> {
            if (stopped || !rest.hasNext()) {
                done.complete();
            } else {
                context.runOnContext(v -> turn(rest, done));
            }
        });
    }

    private Future<?> expire(List<NamedStream> over) {
        List<NamedStream> idle =
                over.stream().filter(stream -> !stream.hasEnded).toList();
        Future<Void> asked = idle.isEmpty() ? context.succeededFuture() : expiry.askOthers(idle);
        return asked.compose(v -> Future.join(
                over.stream().filter(this::isOver).map(expiry::expire).toList()));
    }

    private boolean isOver(NamedStream stream) {
        long since = clock.millis() - stream.changedAt;
        if (!stream.exists) {
            return false;
        }
        return stream.hasEnded
                ? since >= rules.keep().toMillis()
                : since >= rules.idle().toMillis() && !stream.isWatched();
    }
}
