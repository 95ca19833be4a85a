package io.sluice.redis;

import io.sluice.log.TemplateRules;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does for a template's streams from time to time, with one timer: it drops old events from the journals, tells Redis
 * which streams are watched here, and has those deleted whose time is over. Every node does so; the scripts decide by Redis' clock.
 *
 * <p>On the template's context only.
 */
final class TemplateSweep {

    private static final long PAUSE_MILLIS = 1000;

    /** Streams that one turn, or one script, takes. */
    private static final int STREAMS = 1000;

    /** Streams that one script deletes, so that others are not kept waiting, and the scripts in a row. */
    private static final int EXPIRED = 100;

    private static final int SCRIPTS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(TemplateSweep.class);

    private final ContextInternal context;
    private final ReconnectingRedis redis;
    private final TemplateRules rules;
    private final TemplateScripts scripts;
    private final WatchedStreams streams;

    private boolean stopped;
    private long touchedAt = System.nanoTime();

    TemplateSweep(
            ContextInternal context,
            ReconnectingRedis redis,
            TemplateRules rules,
            TemplateScripts scripts,
            WatchedStreams streams) {
        this.context = context;
        this.redis = redis;
        this.rules = rules;
        this.scripts = scripts;
        this.streams = streams;
    }

    /** A short idle or keep is not made much longer by the pause. */
    void start() {
        if (!stopped) {
            long shortest = Math.min(rules.idle().toMillis() / 3, rules.keep().toMillis() / 2);
            context.setTimer(
                    Math.max(1, Math.min(PAUSE_MILLIS, shortest)),
                    id -> trim(new ArrayList<>(streams.all()).iterator()));
        }
    }

    void stop() {
        stopped = true;
    }

    private void trim(Iterator<WatchedStream> rest) {
        for (int i = 0; i < STREAMS && rest.hasNext() && !stopped; i++) {
            WatchedStream stream = rest.next();
            stream.named().writer().trim();
            stream.retry();
        }
        if (stopped) {
            return;
        }
        if (rest.hasNext()) {
            context.runOnContext(v -> trim(rest));
        } else {
            sweep().onComplete(v -> start(), failure -> {
                LOG.debug("the streams could not be swept", failure);
                start();
            });
        }
    }

    private Future<Void> sweep() {
        streams.reportLost();
        if (!redis.isUp()) {
            return context.succeededFuture();
        }
        return isTimeToTouch() ? touch().compose(v -> expire(SCRIPTS)) : expire(SCRIPTS);
    }

    // ---- streams that are watched here

    private boolean isTimeToTouch() {
        return System.nanoTime() - touchedAt
                >= TimeUnit.MILLISECONDS.toNanos(rules.idle().toMillis() / 3);
    }

    private Future<Void> touch() {
        touchedAt = System.nanoTime();
        List<String> names = new ArrayList<>(streams.takeLeft());
        streams.all().stream()
                .filter(WatchedStream::isOpen)
                .forEach(stream -> names.add(stream.named().name()));
        return touch(names);
    }

    private Future<Void> touch(List<String> names) {
        if (names.isEmpty()) {
            return context.succeededFuture();
        }
        int some = Math.min(STREAMS, names.size());
        return scripts.touch(names.subList(0, some)).compose(v -> touch(names.subList(some, names.size())));
    }

    // ---- streams whose time is over

    /** If more are over than so many scripts delete, the next turn goes on. */
    private Future<Void> expire(int most) {
        return scripts.due(EXPIRED).compose(names -> {
            if (names.isEmpty() || stopped) {
                return context.succeededFuture();
            }
            Future<Void> deleted = scripts.expire(names);
            return names.size() < EXPIRED || most == 1 ? deleted : deleted.compose(v -> expire(most - 1));
        });
    }
}
