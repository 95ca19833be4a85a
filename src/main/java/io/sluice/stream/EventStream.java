package io.sluice.stream;

import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.Journal;
import io.sluice.log.KeyReusedException;
import io.sluice.log.MemoryLog;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
import io.sluice.log.ReadBarrier;
import io.sluice.log.Receipt;
import io.sluice.log.TopicRules;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * A named, totally ordered, bounded sequence of events, fed from the bus and from {@link #publish}.
 *
 * <pre>{@code
 * Stream.open(vertx, "events", StreamOptions.DEFAULT.withAddresses("ticks"))
 *     .onSuccess(stream -> router.get("/events").handler(SseHandler.create(stream)));
 * }</pre>
 *
 * <p>Open it once in a Vert.x instance: each opened stream takes every message of its addresses.
 */
public final class EventStream {

    /** How long a submission's key is remembered where nothing else is said. */
    public static final Duration IDEMPOTENCY = Duration.ofMinutes(5);

    private static final long TRIM_MILLIS = 1000;

    private final String name;
    private final StreamOptions options;
    private final ContextInternal context;
    private final EventLog log;
    private final Journal journal;
    private final AppendQueue ingest;
    private final BusConsumers intake;
    private final ReadBarrier ahead;
    private long trimTimer = -1; // context only
    private volatile boolean following;

    private EventStream(ContextInternal context, String name, StreamOptions options, EventLog log) {
        this.context = context;
        this.name = name;
        this.options = options;
        this.log = log;
        this.journal = new Journal(options.history(), InstantSource.system());
        this.ingest = new AppendQueue(context, log);
        this.intake = new BusConsumers(context, name, ingest);
        this.ahead = new ReadBarrier(context, journal, log.lag());
    }

    /**
     * Opens a stream: its log, its journal, and its consumers on the bus. It has an event loop of the Vert.x instance for
     * itself to share. Any thread.
     *
     * @param name its URL path and its name on the bus, {@code sluice.<name>}: 1 to 64 letters, digits, hyphens and
     *     underscores
     */
    public static Future<EventStream> open(Vertx vertx, String name, StreamOptions options) {
        return open(vertx, name, options, new MemoryLog(options.history(), IDEMPOTENCY, InstantSource.system()));
    }

    /** Opens a stream whose order and history live in a log of the caller's choice. It is closed with the stream. */
    public static Future<EventStream> open(Vertx vertx, String name, StreamOptions options, EventLog log) {
        requireName(name);
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        EventStream stream = new EventStream(context, name, options, log);
        Promise<EventStream> opened =
                ((VertxInternal) vertx).getOrCreateContext().promise();
        context.runOnContext(v -> stream.start()
                .recover(failure -> stream.stop().transform(stopped -> Future.failedFuture(failure)))
                .map(stream)
                .onComplete(opened));
        return opened.future();
    }

    /**
     * Checks a name.
     *
     * @throws InvalidOptionException where it cannot name a stream
     */
    public static void requireName(String name) {
        InvalidOptionException.require(
                name.matches("[A-Za-z0-9_-]{1,64}"),
                "name",
                '"' + TopicRules.visible(name) + '"',
                "1 to 64 letters, digits, hyphens and underscores");
    }

    private Future<Void> start() {
        return log.open(journal, new BusIngestion()).onSuccess(v -> {
            following = true;
            trimTimer = context.owner().setPeriodic(TRIM_MILLIS, id -> journal.trim());
        });
    }

    private final class BusIngestion implements EventLog.Ingestion {

        @Override
        public Future<Void> begin() {
            return intake.open(options.addresses());
        }

        @Override
        public Future<Void> end() {
            return intake.close();
        }

        @Override
        public Future<List<Receipt>> publish(List<Batch> batch) {
            return ingest.publish(batch);
        }
    }

    /** Also its URL path. */
    public String name() {
        return name;
    }

    public StreamOptions options() {
        return options;
    }

    /** Whether new events of the log arrive here. */
    public boolean isFollowing() {
        return following && log.isFollowing();
    }

    /**
     * Completes when the journal has come to an id that another node gave out: at once, but where this node has not read so
     * far, as it may be when that one has died. Completes too when it takes too long; never fails. Any thread.
     */
    public Future<Void> reach(EventId id) {
        return ahead.reach(id);
    }

    /** This node's window on the stream. */
    public Journal journal() {
        return journal;
    }

    /**
     * Publishes all or nothing, in order and next to each other. Any thread.
     *
     * @param publications 1 to 10,000, of 16 MB at most together
     * @return the id of the last once the log has them, on the caller's context; fails with {@link NotTakenException} where
     *     too much is waiting for the log
     */
    public Future<EventId> publish(List<NewEvent> publications) {
        Batch submission;
        try {
            submission = new Batch(publications, null);
        } catch (IllegalArgumentException e) {
            return context.owner().getOrCreateContext().failedFuture(e);
        }
        return publish(submission).map(Receipt::last);
    }

    /**
     * Publishes all or nothing, and a submission with a key at most once. Any thread.
     *
     * @return the log's receipt, that of the first where the key was used before; fails as {@link #publish(List)} does, and
     *     with {@link KeyReusedException} where the log has other events of the same key
     */
    public Future<Receipt> publish(Batch submission) {
        return ingest.publish(submission);
    }

    /** Takes nothing more from the bus and lets go of the log. What the journal has can still be read. Any thread. */
    public Future<Void> close() {
        Promise<Void> closed = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> stop().onComplete(closed));
        return closed.future();
    }

    private Future<Void> stop() {
        following = false;
        return intake.close().eventually(() -> {
            ingest.close();
            context.owner().cancelTimer(trimTimer);
            return log.close();
        });
    }
}
