package io.sluice.log;

import io.sluice.log.ShardPage.KeyedOutcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of a shard's commands, for those who have sent them.
 *
 * <p>A batch without a key is found by a tag, which its sender makes up. One with a key may have been sent before, by any node: it is
 * found by the position of the first one's last command, which the shard's log tells.
 *
 * <p>On the shard's context only.
 */
final class Outcomes {

    private static final Duration PATIENCE = Duration.ofSeconds(9);

    private record Keyed(Outcome outcome, long time) {}

    private final ContextInternal context;
    private final InstantSource clock;
    private final long keepMillis;
    private final Map<Long, Promise<Outcome>> byTag = new HashMap<>();
    private final Map<Long, Promise<Outcome>> byPosition = new HashMap<>();
    private final Map<Long, Keyed> keyed = new LinkedHashMap<>();

    /**
     * @param idempotency how long the shard's log remembers a key
     * @param clock which must not jump
     */
    Outcomes(ContextInternal context, Duration idempotency, InstantSource clock) {
        this.context = context;
        this.clock = clock;
        // The log counts from another moment. Whoever waits for a batch comes for its outcome in any case.
        this.keepMillis = idempotency.multipliedBy(2).plus(PATIENCE).toMillis();
    }

    /** A tag under which a batch without a key is found. */
    long expect() {
        long tag;
        do {
            tag = ThreadLocalRandom.current().nextLong();
        } while (tag == 0 || byTag.containsKey(tag));
        byTag.put(tag, context.promise());
        return tag;
    }

    /** The outcome of a batch without a key, once this node has read it. */
    Future<Outcome> await(long tag) {
        Promise<Outcome> outcome = byTag.get(tag);
        if (outcome == null) {
            return context.failedFuture(closed());
        }
        if (!outcome.future().isComplete()) {
            expire(outcome);
        }
        return outcome.future().onComplete(done -> byTag.remove(tag));
    }

    /** The batch of a tag was not taken. */
    void forget(long tag) {
        byTag.remove(tag);
    }

    /** The outcome of a batch with a key, once this node has read it. */
    Future<Outcome> awaitAt(long position) {
        Keyed known = keyed.get(position);
        if (known != null) {
            return context.succeededFuture(known.outcome);
        }
        Promise<Outcome> outcome = byPosition.get(position);
        if (outcome == null) {
            outcome = context.promise();
            byPosition.put(position, outcome);
            expire(outcome);
            outcome.future().onComplete(done -> byPosition.remove(position));
        }
        return outcome.future();
    }

    private void expire(Promise<Outcome> outcome) {
        long timer = context.setTimer(
                PATIENCE.toMillis(),
                id -> outcome.tryFail(new OutcomeUnknownException("this node has not read the log in time")));
        outcome.future().onComplete(done -> context.owner().cancelTimer(timer));
    }

    private static OutcomeUnknownException closed() {
        return new OutcomeUnknownException("the log was closed");
    }

    /** A command was applied, or refused. */
    void settle(ShardCommand command, long position, Outcome outcome) {
        if (command.has(ShardCommand.KEYED)) {
            remember(position, outcome);
            complete(byPosition.get(position), outcome);
        } else {
            complete(byTag.get(command.tag()), outcome);
        }
    }

    private static void complete(@Nullable Promise<Outcome> waiting, Outcome outcome) {
        if (waiting != null) {
            waiting.tryComplete(outcome);
        }
    }

    /** The outcomes behind a position that a later command may ask for, oldest first. */
    List<KeyedOutcome> keyedAfter(long position, int limit) {
        long now = clock.millis();
        return keyed.entrySet().stream()
                .filter(known -> known.getKey() > position && !(known.getValue().outcome instanceof Outcome.Lost))
                .limit(limit)
                .map(known -> new KeyedOutcome(known.getKey(), known.getValue().outcome, now - known.getValue().time))
                .toList();
    }

    /** Another node has the outcome of a batch with a key. */
    void install(KeyedOutcome known) {
        keyed.put(known.position(), new Keyed(known.outcome(), clock.millis() - known.age()));
        complete(byPosition.get(known.position()), known.outcome());
    }

    /** Positions are those of another log now. */
    void forgetKeyed() {
        keyed.clear();
    }

    private void remember(long position, Outcome outcome) {
        long now = clock.millis();
        Iterator<Keyed> oldest = keyed.values().iterator();
        while (oldest.hasNext()) {
            boolean old = now - oldest.next().time > keepMillis;
            if (!old && keyed.size() < RecentKeys.MAX_KEYS) {
                break;
            }
            oldest.remove();
        }
        keyed.put(position, new Keyed(outcome, now));
    }

    /** The log is closed: whoever still waits is told. */
    void close() {
        List.copyOf(byTag.values()).forEach(outcome -> outcome.tryFail(closed()));
        List.copyOf(byPosition.values()).forEach(outcome -> outcome.tryFail(closed()));
        byTag.clear();
        keyed.clear();
    }
}
