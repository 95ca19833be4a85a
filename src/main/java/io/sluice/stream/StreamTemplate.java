package io.sluice.stream;

import io.sluice.log.Batch;
import io.sluice.log.EventFormat;
import io.sluice.log.EventId;
import io.sluice.log.Held;
import io.sluice.log.Journal;
import io.sluice.log.NamedStream;
import io.sluice.log.NamedStreamInfo;
import io.sluice.log.NewEvent;
import io.sluice.log.NoSuchStreamException;
import io.sluice.log.Receipt;
import io.sluice.log.ShardedLog;
import io.sluice.log.StreamEndedException;
import io.sluice.log.TemplateLog;
import io.sluice.log.TemplateLogProvider;
import io.sluice.log.TemplateSetup;
import io.sluice.log.TopicRules;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A rule for any number of streams: {@code chat/*}. Each name has a stream of its own, with an order, ids, a history and an end,
 * which is made when it is first used.
 *
 * <pre>{@code
 * StreamTemplate.open(vertx, "chat", TemplateOptions.DEFAULT)
 *     .onSuccess(chats -> router.route("/chat/*").method(GET).method(HEAD).handler(SseHandler.create(chats)));
 * }</pre>
 *
 * <p>Any thread. Names are those within the template: {@code 42} for {@code chat/42}.
 */
public final class StreamTemplate {

    /** What a name may be, for an error message. */
    public static final String EXPECTED_NAME =
            "1 to 128 letters, digits and characters of \"._~-\", other than \".\" and \"..\"";

    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._~-]{1,128}");

    private final VertxInternal vertx;
    private final String name;
    private final TemplateOptions options;
    private final TemplateLog log;
    private final StreamListeners listeners = new StreamListeners();
    private final List<EventFormat> formats = new CopyOnWriteArrayList<>();

    private volatile boolean open;

    private StreamTemplate(VertxInternal vertx, String name, TemplateOptions options, TemplateLogProvider provider) {
        this.vertx = vertx;
        this.name = name;
        this.options = options;
        this.log = provider.create(new TemplateSetup(vertx, name, options.rules(), listeners::appended));
    }

    /** Opens a template whose streams are in this process' memory. */
    public static Future<StreamTemplate> open(Vertx vertx, String name, TemplateOptions options) {
        return open(vertx, name, options, ShardedLog.inMemory());
    }

    /**
     * Opens a template.
     *
     * @param name the first part of its streams' paths: as {@link EventStream#requireName} checks it
     * @param provider makes the log that keeps the streams; the log is closed with the template
     */
    public static Future<StreamTemplate> open(
            Vertx vertx, String name, TemplateOptions options, TemplateLogProvider provider) {
        EventStream.requireName(name);
        StreamTemplate template;
        try {
            template = new StreamTemplate((VertxInternal) vertx, name, options, provider);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
        return template.log
                .open()
                .onSuccess(v -> template.open = true)
                .recover(failure -> template.log.close().transform(closed -> Future.failedFuture(failure)))
                .map(template);
    }

    /**
     * Checks the name of a stream.
     *
     * @throws IllegalArgumentException that names it and what is expected
     */
    public static void requireStreamName(String stream) {
        if (!NAME.matcher(stream).matches()) {
            throw new IllegalArgumentException(
                    "stream \"" + TopicRules.visible(stream) + "\": expected " + EXPECTED_NAME);
        }
    }

    /** The name: {@code chat} for {@code chat/*}. */
    public String name() {
        return name;
    }

    /** The full name of a stream, which is its path: {@code chat/42}. */
    public String fullName(String stream) {
        return name + '/' + stream;
    }

    public TemplateOptions options() {
        return options;
    }

    /** Whether the streams go on here: new events arrive. */
    public boolean isFollowing() {
        return open && log.isFollowing();
    }

    /** How much later than another node this one may see an event. */
    public Duration lag() {
        return log.lag();
    }

    /** How many shards of the template's log this node leads; 1 if it has none, and any node may write. */
    public int leads() {
        return log.leads();
    }

    /** What this node holds of the streams. Goes through all of them. */
    public Held held() {
        return log.held();
    }

    /** Has a listener told what happens to all streams of the template from now on. */
    public void addListener(StreamListener listener) {
        listeners.add(listener);
    }

    /** All listeners as one, for the handlers that serve the streams. */
    public StreamListener listener() {
        return listeners;
    }

    /** The streams are served in a format. Events that it cannot carry are refused from now on. */
    public void use(EventFormat format) {
        if (!formats.contains(format)) {
            formats.add(format);
        }
    }

    /**
     * Checks that the streams take an event, before it is published.
     *
     * @throws IllegalArgumentException if a format in which the streams are served cannot carry the event
     */
    public void requireAllowed(NewEvent event) {
        formats.forEach(format -> format.requireAllowed(event));
    }

    /**
     * Publishes a batch to a stream: all or nothing, and at most once if it has a key. Ends the stream if the batch does.
     *
     * @return the receipt, as {@link EventStream#publish(Batch)}. Fails also with {@link StreamEndedException}, and with {@link
     *     NoSuchStreamException} if the stream has to be made before, and with {@link IllegalArgumentException} if the name is none
     */
    public Future<Receipt> publish(String stream, Batch batch) {
        try {
            requireStreamName(stream);
            batch.requireSize();
            batch.events().forEach(this::requireAllowed);
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        return Trace.publish(vertx, fullName("*"), fullName(stream), batch, () -> log.append(stream, batch));
    }

    /** Publishes one event to a stream. */
    public Future<EventId> publish(String stream, NewEvent event) {
        return publish(stream, Batch.of(event)).map(Receipt::last);
    }

    /** Ends a stream: nothing can be published to it any more. Its subscribers get the rest, and their end. */
    public Future<Receipt> end(String stream) {
        return publish(stream, new Batch(List.of(), null, true));
    }

    /**
     * Makes a stream, if it is not there.
     *
     * @param key the idempotency key, or null
     * @return a receipt with the stream's position; its count is 1 if the stream was made now, and 0 if it was there
     */
    public Future<Receipt> create(String stream, @Nullable String key) {
        try {
            requireStreamName(stream);
            if (key != null) {
                Batch.requireKey(key);
            }
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        return log.create(stream, key);
    }

    /** Deletes a stream with all that it has, and ends its subscriptions. Completes with whether it was there. */
    public Future<Boolean> delete(String stream) {
        return log.delete(stream);
    }

    /** As {@link TemplateLog#watch}. */
    public Future<NamedStream> watch(String stream) {
        return log.watch(stream);
    }

    /** As {@link TemplateLog#release}. */
    public void release(NamedStream stream) {
        log.release(stream);
    }

    /**
     * The streams by name.
     *
     * @param after the name behind which to begin, or null for the beginning
     * @param limit the most streams, 1 or more
     */
    public Future<List<NamedStreamInfo>> list(@Nullable String after, int limit) {
        return log.list(after, limit);
    }

    /** Counts more or fewer subscriptions, and tells the listeners: for the handlers that serve the streams. */
    public void subscribed(NamedStream stream, int more) {
        // Together, so that the last call of a listener has the last number.
        synchronized (listeners) {
            int now = stream.subscribed(more);
            boolean replaced = stream.journal().state() == Journal.State.DELETED;
            listeners.subscribers(fullName(stream.name()), replaced ? subscribers(stream.name()) : now);
        }
    }

    /** The number of subscriptions to a stream at this node. */
    public int subscribers(String stream) {
        return log.subscribers(stream);
    }

    /** Takes nothing more, and closes the log. */
    public Future<Void> close() {
        open = false;
        return log.close();
    }
}
