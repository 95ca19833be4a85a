package io.sluice.auth;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that are read again: when they have an age, and for a token whose key is not among them.
 *
 * <pre>
 *    none --read--> known --a read fails--> known, and away     keeps the keys it had; says so once
 *      |                ^                        |
 *      +--a read fails: away, 503                +--read--> known; says so once
 * </pre>
 *
 * <p>Anybody can send a token with a key that nobody has. So such a token leads to one look in a while, and no second one while the
 * first one is under way: all wait for that one.
 */
final class IssuerKeys implements Keys {

    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

    /**
     * How often keys are read.
     *
     * @param age after which they are read again
     * @param retry the time until the next look while none are known
     * @param pause the time between two looks for unknown keys, and until the next look while the issuer is away
     */
    record Pace(Duration age, Duration retry, Duration pause) {

        static Pace of(Duration age) {
            return new Pace(age, Duration.ofSeconds(5), Duration.ofMinutes(1));
        }
    }

    private final Vertx vertx;
    private final Context context;
    private final String name;
    private final Supplier<Future<KeySet>> source;
    private final Pace pace;
    private final LongSupplier nanos;

    private volatile @Nullable KeySet known;
    // On the context only:
    private @Nullable Future<KeySet> reading;
    private boolean isAway;
    private boolean isClosed;
    private long timer = -1;
    private long searchedAt;
    private boolean hasSearched;

    /**
     * Reads on the context of the caller.
     *
     * @param name of the issuer, for the log
     * @param source reads the keys
     * @param nanos the time, in nanoseconds of any origin
     */
    IssuerKeys(Vertx vertx, String name, Supplier<Future<KeySet>> source, Pace pace, LongSupplier nanos) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.name = name;
        this.source = source;
        this.pace = pace;
        this.nanos = nanos;
    }

    /** Reads the keys for the first time. Completes when they are there, or are known to be away. */
    Future<Void> start() {
        return onContext(this::look).transform(read -> Future.succeededFuture());
    }

    private Future<KeySet> onContext(Supplier<Future<KeySet>> work) {
        Promise<KeySet> done = Promise.promise();
        context.runOnContext(v -> work.get().onComplete(done));
        return done.future();
    }

    @Override
    public @Nullable KeySet known() {
        return known;
    }

    @Override
    public Future<KeySet> renewed() {
        return onContext(this::search);
    }

    @Override
    public Future<KeySet> read() {
        return onContext(this::look);
    }

    private Future<KeySet> search() {
        if (reading == null && hasSearched && nanos.getAsLong() - searchedAt < pace.pause.toNanos()) {
            return asKnown();
        }
        if (reading == null) {
            hasSearched = true;
            searchedAt = nanos.getAsLong();
        }
        return look().recover(failure -> Future.failedFuture(away()));
    }

    /** While the issuer is away, nobody can say that it does not have a key. */
    private Future<KeySet> asKnown() {
        @Nullable KeySet now = known;
        return isAway || now == null ? Future.failedFuture(away()) : Future.succeededFuture(now);
    }

    private KeysAwayException away() {
        return new KeysAwayException("the keys of " + name + " are away");
    }

    private Future<KeySet> look() {
        if (isClosed) {
            return asKnown();
        }
        if (reading == null) {
            vertx.cancelTimer(timer);
            Promise<KeySet> done = Promise.promise();
            reading = done.future();
            // A source that throws has failed like one whose future fails.
            Future.succeededFuture()
                    .compose(v -> source.get())
                    .map(this::unlessTheSame)
                    .onComplete(result -> context.runOnContext(v -> {
                        reading = null;
                        note(result);
                        done.handle(result);
                    }));
        }
        return reading;
    }

    /** Tokens that these keys have checked need no second check by the same ones. */
    private KeySet unlessTheSame(KeySet read) {
        @Nullable KeySet before = known;
        return before != null && before.isSame(read) ? before : read;
    }

    private void note(AsyncResult<KeySet> result) {
        if (isClosed) {
            return;
        }
        if (result.succeeded()) {
            known = result.result();
            if (isAway) {
                LOG.info("The keys of {} can be read again", name);
            }
        } else if (!isAway) {
            LOG.warn(
                    "The keys of {} cannot be read: {}; {} until they can",
                    name,
                    reason(result.cause()),
                    known == null ? "tokens are answered with 503" : "the keys that are known stay in use");
        }
        isAway = result.failed();
        timer = vertx.setTimer(untilNextLook().toMillis(), fired -> look());
    }

    private Duration untilNextLook() {
        if (!isAway) {
            return pace.age;
        }
        Duration again = known == null ? pace.retry : pace.pause;
        return again.compareTo(pace.age) < 0 ? again : pace.age;
    }

    private static String reason(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        context.runOnContext(v -> {
            isClosed = true;
            vertx.cancelTimer(timer);
            closed.complete();
        });
        return closed.future();
    }
}
