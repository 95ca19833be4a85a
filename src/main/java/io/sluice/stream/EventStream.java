package io.sluice.stream;

import io.sluice.log.Batch;
import io.sluice.log.CountingJournal;
import io.sluice.log.Encoding;
import io.sluice.log.EventFormat;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.Held;
import io.sluice.log.History;
import io.sluice.log.InvalidOptionException;
import io.sluice.log.Journal;
import io.sluice.log.JournalWriter;
import io.sluice.log.KeyReusedException;
import io.sluice.log.Leadership;
import io.sluice.log.LogProvider;
import io.sluice.log.LogSetup;
import io.sluice.log.MemoryLog;
import io.sluice.log.NewEvent;
import io.sluice.log.NotTakenException;
import io.sluice.log.OutcomeUnknownException;
import io.sluice.log.Receipt;
import io.sluice.log.SteadyClock;
import io.sluice.log.TopicRules;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A named, totally ordered, bounded sequence of events, fed from the bus and from {@link #publish}.
 *
 * <pre>{@code
 * EventStream.open(vertx, "events", StreamOptions.DEFAULT.withAddresses("ticks"))
 *     .onSuccess(stream -> router.route("/events").method(GET).method(HEAD).handler(SseHandler.create(stream)));
 * }</pre>
 *
 * <p>Open a stream once in a Vert.x instance: each opened stream takes every message of its addresses.
 */
public final class EventStream {

    private static final long TRIM_MILLIS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    private final String name;
    private final ContextInternal context;
    private final JournalWriter writer;
    private final BusConsumers consumers;
    private final EventLog log;
    private final StreamListeners listeners = new StreamListeners();

    // Context only:
    private long trimTimer = -1;

    private volatile boolean open;

    private volatile boolean leading;

    // Guarded by the listeners, which are told of each change.
    private volatile int subscribers;

    private EventStream(ContextInternal context, String name, StreamOptions options, LogProvider provider) {
        this.context = context;
        this.name = name;
        History history = history(name, options.history());
        this.writer = new JournalWriter(history, SteadyClock.INSTANCE);
        this.consumers = new BusConsumers(context.owner(), name, options.addresses(), this::publish, listeners);
        this.log = provider.create(new LogSetup(
                context,
                name,
                history,
                options.idempotency(),
                new CountingJournal(writer, listeners::appended),
                new BusLeadership()));
    }

    private static History history(String name, History wanted) {
        History history = wanted.within(Runtime.getRuntime().maxMemory());
        if (!history.equals(wanted)) {
            LOG.warn(
                    "stream {}: history.bytes is {}, more than a quarter of the JVM's memory: {} bytes are kept; raise -Xmx",
                    name,
                    wanted.bytes(),
                    history.bytes().bytes());
        }
        return history;
    }

    /** Opens a stream whose history is in this process' memory. Any thread. */
    public static Future<EventStream> open(Vertx vertx, String name, StreamOptions options) {
        return open(vertx, name, options, MemoryLog.provider());
    }

    /**
     * Opens a stream: its log, its journal, and its consumers on the bus. The stream runs on one event loop. Any thread.
     *
     * @param name its URL path and its name on the bus, {@code sluice.<name>}: 1 to 64 letters, digits, hyphens and
     *     underscores
     * @param provider makes the log that keeps the stream's order and history; the log is closed with the stream
     */
    public static Future<EventStream> open(Vertx vertx, String name, StreamOptions options, LogProvider provider) {
        requireName(name);
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        Promise<EventStream> opened =
                ((VertxInternal) vertx).getOrCreateContext().promise();
        context.runOnContext(v -> open(context, name, options, provider).onComplete(opened));
        return opened.future();
    }

    private static Future<EventStream> open(
            ContextInternal context, String name, StreamOptions options, LogProvider provider) {
        EventStream stream;
        try {
            stream = new EventStream(context, name, options, provider);
        } catch (RuntimeException e) {
            return context.failedFuture(e);
        }
        return stream.start()
                .recover(failure -> stream.stop().transform(stopped -> Future.failedFuture(failure)))
                .map(stream);
    }

    /**
     * Checks a name.
     *
     * @throws InvalidOptionException if it cannot name a stream
     */
    public static void requireName(String name) {
        InvalidOptionException.require(
                name.matches("[A-Za-z0-9_-]{1,64}"),
                "name",
                '"' + TopicRules.visible(name) + '"',
                "1 to 64 letters, digits, hyphens and underscores");
    }

    private Future<Void> start() {
        return log.open().onSuccess(v -> {
            open = true;
            trimTimer = context.owner().setPeriodic(TRIM_MILLIS, id -> writer.trim());
        });
    }

    /** The node that leads a stream takes its events from the bus. */
    private final class BusLeadership implements Leadership {

        @Override
        public Future<Void> lead() {
            leading = true;
            return consumers.register();
        }

        @Override
        public Future<Void> stepDown() {
            leading = false;
            return consumers.unregister();
        }
    }

    /** The name, which is also the URL path. */
    public String name() {
        return name;
    }

    /** Whether the stream goes on here: new events of its log arrive. Any thread. */
    public boolean isFollowing() {
        return open && log.isFollowing() && !writer.isBroken();
    }

    /** Whether this node takes the stream's events from the bus. Where any node may write the log, and shares no bus, each one does. Any thread. */
    public boolean isLeading() {
        return leading;
    }

    /** What this node holds of the stream. Any thread. */
    public Held held() {
        return journal().contents().held();
    }

    /** Has a listener told what happens to the stream from now on. Any thread. */
    public void addListener(StreamListener listener) {
        listeners.add(listener);
    }

    /** All listeners as one, for the handlers that serve the stream. */
    public StreamListener listener() {
        return listeners;
    }

    /** The open subscriptions at this node. Any thread. */
    public int subscribers() {
        return subscribers;
    }

    /** Counts more or fewer subscriptions, and tells the listeners: for the handlers that serve the stream. Any thread. */
    public void subscribed(int more) {
        synchronized (listeners) {
            subscribers += more;
            listeners.subscribers(name, subscribers);
        }
    }

    /** How much later than another node this one may see an event; 0 if no other node serves the stream's log. */
    public Duration lag() {
        return log.lag();
    }

    /** This node's window on the stream. */
    public Journal journal() {
        return writer.journal();
    }

    /**
     * Has each event encoded in a format, once for all that serve it. Events that the format cannot carry are refused from now
     * on. Any thread.
     */
    public Encoding use(EventFormat format) {
        return journal().use(format);
    }

    /**
     * Checks that the stream takes an event, before it is published. Any thread.
     *
     * @throws IllegalArgumentException if a format in which the stream is served cannot carry the event
     */
    public void requireAllowed(NewEvent event) {
        journal().requireAllowed(event);
    }

    /**
     * Publishes one event. Any thread.
     *
     * @return the event's id, as {@link #publish(Batch)}
     */
    public Future<EventId> publish(NewEvent event) {
        return publish(List.of(event));
    }

    /**
     * Publishes events: all or none, in order, with consecutive ids. Any thread.
     *
     * @param events 1 to 10,000, of 16 MB at most together
     * @return the id of the last event, as {@link #publish(Batch)}
     */
    public Future<EventId> publish(List<NewEvent> events) {
        Batch batch;
        try {
            batch = new Batch(events, null);
        } catch (IllegalArgumentException e) {
            return context.owner().getOrCreateContext().failedFuture(e);
        }
        return publish(batch).map(Receipt::last);
    }

    /**
     * Publishes a batch: all or nothing, and at most once if it has a key. Any thread.
     *
     * @return the receipt, on the caller's context, once the log has the batch; the first receipt if the key was used before.
     *     Fails with {@link NotTakenException} if nothing was published, with {@link OutcomeUnknownException} if the batch may
     *     have been published, with {@link KeyReusedException} if the key was used for other events, with {@link
     *     IllegalArgumentException} if an event is not {@linkplain #requireAllowed allowed}, and with {@link
     *     UnsupportedOperationException} if the batch is to end the stream: only one of a {@link StreamTemplate} ends
     */
    public Future<Receipt> publish(Batch batch) {
        if (batch.end()) {
            return context.owner()
                    .getOrCreateContext()
                    .failedFuture(new UnsupportedOperationException("the stream " + name
                            + " is declared: expected no end, which only streams of a template have"));
        }
        try {
            batch.requireSize();
            batch.events().forEach(this::requireAllowed);
        } catch (IllegalArgumentException e) {
            return context.owner().getOrCreateContext().failedFuture(e);
        }
        return Trace.publish(context.owner(), name, name, batch, () -> log.append(batch));
    }

    /** Takes nothing more from the bus and closes the log. The journal can still be read. Any thread. */
    public Future<Void> close() {
        Promise<Void> closed = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> stop().onComplete(closed));
        return closed.future();
    }

    private Future<Void> stop() {
        open = false;
        context.owner().cancelTimer(trimTimer);
        return consumers.unregister().eventually(log::close);
    }
}
