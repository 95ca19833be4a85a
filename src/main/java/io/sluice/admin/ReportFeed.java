package io.sluice.admin;

import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.log.Leadership;
import io.sluice.log.LogProvider;
import io.sluice.log.LogSetup;
import io.sluice.log.MemoryLog;
import io.sluice.log.NewEvent;
import io.sluice.log.OpenersContext;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamListener;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reports of all members of a cluster as a stream, {@code node}: one a second and member, while somebody reads.
 *
 * <pre>
 *    reader of A's stream        member A                                      each member
 *         |                         |                                              |
 *         +----- opens ----------&gt;  |  -- sluice.node.watch: A's address, 2 s --&gt;  |
 *         |                         |                                              |  for 5 s after that:
 *         |  &lt;---- event ---------  |  &lt;------------ A's address: report, 1 s ---  |  a report a second
 * </pre>
 *
 * <p>So reports cost nothing while nobody reads. A member that dies sends none, and A says in its own who is left. A node that is alone
 * has no part in the bus.
 *
 * <p>The stream has no address on the bus, unlike all others: it may have the name of a stream that is declared.
 */
public final class ReportFeed {

    public static final String NAME = "node";

    private static final Logger LOG = LoggerFactory.getLogger(ReportFeed.class);

    private static final String WATCH = "sluice.node.watch";
    private static final String MEMBER = "member";
    private static final long WATCH_MILLIS = 2000;
    private static final long REPORT_MILLIS = 1000;
    private static final long REGISTER_MILLIS = 5000;
    private static final long WATCHED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long NONE = -1;

    /** For a page that loses its connection for a while; one that is opened anew shows nobody who is long gone. */
    private static final History HISTORY = new History(10_000, Duration.ofSeconds(30), ByteSize.ofMegabytes(8));

    private final ContextInternal context;
    private final EventStream stream;
    private final @Nullable String member;
    private final Supplier<NodeReport> reporter;

    /** Where this member gets the reports of all. */
    private final String address = "sluice.node.report." + UUID.randomUUID();

    // On the context only:
    private final List<MessageConsumer<String>> consumers = new ArrayList<>();

    /** Until when each address is to get reports, in nanoseconds. */
    private final Map<String, Long> watchers = new HashMap<>();

    private long watchTimer = NONE;
    private long reportTimer = NONE;
    private boolean reporting;
    private boolean closed;

    private ReportFeed(
            ContextInternal context, EventStream stream, @Nullable String member, Supplier<NodeReport> reporter) {
        this.context = context;
        this.stream = stream;
        this.member = member;
        this.reporter = reporter;
    }

    /**
     * Opens the stream; {@link #close} it.
     *
     * @param member the name of this node in its cluster, or null if it is alone
     * @param reporter makes a report, on a worker
     */
    public static Future<ReportFeed> open(Vertx vertx, @Nullable String member, Supplier<NodeReport> reporter) {
        ContextInternal context = OpenersContext.of(vertx);
        return EventStream.open(vertx, NAME, StreamOptions.DEFAULT.withHistory(HISTORY), apartFromTheBus())
                .map(stream -> new ReportFeed(context, stream, member, reporter).start());
    }

    private static LogProvider apartFromTheBus() {
        return setup -> MemoryLog.provider()
                .create(new LogSetup(
                        setup.context(),
                        setup.stream(),
                        setup.history(),
                        setup.idempotency(),
                        setup.follower(),
                        NoLeadership.INSTANCE));
    }

    private enum NoLeadership implements Leadership {
        INSTANCE;

        @Override
        public Future<Void> lead() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> stepDown() {
            return Future.succeededFuture();
        }
    }

    private ReportFeed start() {
        stream.addListener(new StreamListener() {
            @Override
            public void subscribers(String name, int now) {
                context.runOnContext(v -> setWatching(now > 0));
            }
        });
        if (member != null) {
            context.runOnContext(v -> {
                register(WATCH, message -> watchedBy(message.body()));
                register(address, this::reported);
            });
        }
        return this;
    }

    /** Nobody waits for it: who watches says so again. A cluster that is busy with its members may not take it at once. */
    private void register(String to, Handler<Message<String>> handler) {
        if (closed) {
            return;
        }
        MessageConsumer<String> consumer =
                context.owner().eventBus().consumer(to, message -> context.runOnContext(v -> handler.handle(message)));
        consumers.add(consumer);
        consumer.completion()
                .onFailure(failure -> context.runOnContext(v -> {
                    LOG.debug("{} is not on the bus yet", to, failure);
                    consumers.remove(consumer);
                    context.setTimer(REGISTER_MILLIS, id -> register(to, handler));
                }));
    }

    private void reported(Message<String> message) {
        append(Objects.requireNonNullElse(message.headers().get(MEMBER), NAME), message.body());
    }

    /** The stream, for the handler that serves it. */
    public EventStream stream() {
        return stream;
    }

    private void setWatching(boolean watching) {
        if (closed || watching == (watchTimer != NONE)) {
            return;
        }
        if (watching) {
            watch();
            watchTimer = context.setPeriodic(WATCH_MILLIS, id -> watch());
        } else {
            context.owner().cancelTimer(watchTimer);
            watchTimer = NONE;
        }
    }

    private void watch() {
        if (member == null) {
            watchedBy(address);
        } else {
            context.owner().eventBus().publish(WATCH, address);
        }
    }

    private void watchedBy(String watcher) {
        if (closed) {
            return;
        }
        boolean isNew = watchers.put(watcher, System.nanoTime() + WATCHED_NANOS) == null;
        if (reportTimer == NONE) {
            reportTimer = context.setPeriodic(REPORT_MILLIS, id -> report());
        }
        if (isNew) {
            report();
        }
    }

    private void report() {
        long now = System.nanoTime();
        watchers.values().removeIf(until -> until - now < 0);
        if (watchers.isEmpty()) {
            context.owner().cancelTimer(reportTimer);
            reportTimer = NONE;
        } else if (!reporting) {
            reporting = true;
            context.executeBlocking(() -> reporter.get().encode(), false)
                    .onSuccess(this::send)
                    .onFailure(failure -> LOG.debug("no report can be made", failure))
                    .onComplete(v -> reporting = false);
        }
    }

    private void send(String report) {
        if (member == null) {
            append(NAME, report);
            return;
        }
        DeliveryOptions from = new DeliveryOptions().addHeader(MEMBER, member);
        watchers.keySet().forEach(watcher -> context.owner().eventBus().send(watcher, report, from));
    }

    private void append(String from, String report) {
        stream.publish(new NewEvent(from, null, report))
                .onFailure(failure -> LOG.debug("a report of {} is lost", from, failure));
    }

    /** Ends the reports, and then the stream. Any thread. */
    public Future<Void> close() {
        Promise<Void> left = context.owner().getOrCreateContext().promise();
        context.runOnContext(v -> leaveBus().onComplete(left));
        return left.future().eventually(stream::close);
    }

    private Future<Void> leaveBus() {
        closed = true;
        watchers.clear();
        context.owner().cancelTimer(watchTimer);
        context.owner().cancelTimer(reportTimer);
        return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
                .mapEmpty();
    }
}
