package io.sluice.log;

import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.function.Consumer;

/**
 * Goes through the streams of a shard each second: drops events that are too old, adds up what is kept, and, at the node that leads
 * the shard's log, has the streams deleted whose time is over. One timer for all of them; a turn looks at {@value #STREAMS} at most.
 *
 * <p>On the shard's context only.
 */
final class ShardSweep implements Leadership {

    private static final long PAUSE_MILLIS = 1000;
    private static final int STREAMS = 1000;
    /** The streams that are deleted in a round, so that the log takes other things meanwhile. */
    private static final int MAX_EXPIRED = 1000;

    private final ContextInternal context;
    private final TemplateRules rules;
    private final NamedStreams streams;
    private final TemplateRoom room;
    private final Consumer<NamedStream> expire;
    private final InstantSource clock;

    private boolean leading;
    private boolean stopped;
    private long held;

    /** @param expire deletes a stream, unless something has happened to it meanwhile */
    ShardSweep(
            ContextInternal context,
            TemplateRules rules,
            NamedStreams streams,
            TemplateRoom room,
            Consumer<NamedStream> expire,
            InstantSource clock) {
        this.context = context;
        this.rules = rules;
        this.streams = streams;
        this.room = room;
        this.expire = expire;
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

    void start() {
        if (!stopped) {
            // Its age does not matter to the second.
            context.setTimer(pause(), id -> new Round().turn());
        }
    }

    /** A short idle or keep is not made much longer by the pause. */
    private long pause() {
        long shortest = Math.min(rules.idle().toMillis(), rules.keep().toMillis());
        return Math.max(1, Math.min(PAUSE_MILLIS, shortest / 2));
    }

    void stop() {
        stopped = true;
    }

    private final class Round {

        private final Iterator<NamedStream> rest = streams.all().iterator();
        private final long now = clock.millis();
        private long bytes;
        private int expired;

        private void turn() {
            for (int i = 0; i < STREAMS && rest.hasNext() && !stopped; i++) {
                look(rest.next());
            }
            if (rest.hasNext() && !stopped) {
                context.runOnContext(v -> turn());
                return;
            }
            room.hold(bytes - held);
            held = bytes;
            start();
        }

        private void look(NamedStream stream) {
            stream.writer().trim();
            bytes += stream.journal().contents().bytes();
            if (leading && stream.exists && expired < MAX_EXPIRED && isOver(stream)) {
                expired++;
                expire.accept(stream);
            }
        }

        private boolean isOver(NamedStream stream) {
            long since = now - stream.changedAt;
            return stream.hasEnded
                    ? since >= rules.keep().toMillis()
                    : since >= rules.idle().toMillis() && stream.watchers == 0;
        }
    }
}
