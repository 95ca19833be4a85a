package io.sluice.hazelcast;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Keyed;
import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.InitialLoad;
import io.sluice.log.Leadership;
import io.sluice.log.NotTakenException;
import io.sluice.log.Receipt;
import io.sluice.log.RecentKeys;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's part in a stream's log: it follows the ring, and writes it while it has the lease.
 *
 * <p>On the stream's context only, but for what Hazelcast and {@link HazelcastLeases} call.
 */
final class LogMember
        implements RecordFilter.Reader, RingFollower.Listener, HazelcastLeases.Holder, MembershipListener {

    private static final long PATIENCE_MILLIS = 10_000;
    private static final long RETRY_MILLIS = 50;
    private static final long FINISH_MILLIS = 2_000;
    private static final long FAREWELL_MILLIS =
            300; // in which who still sends to this node is told that it is not its turn
    private static final long TELL_AGAIN_MILLIS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(LogMember.class);

    private final ContextInternal context;
    private final String stream;
    private final HazelcastInstance hazelcast;
    private final HazelcastLeases leases;
    private final Ring ring;
    private final IMap<String, String> epochs;
    private final RecentKeys receipts;
    private final InitialLoad follower;
    private final Leadership leadership;
    private final AppendQueue queue;
    private final Consumer<Throwable> onFailure;
    private final RecordFilter order;
    private final RingFollower reader;
    private final SplitDetector quorum;
    private final AppendRpc forwarding;
    private final Promise<Void> based;

    private HazelcastLeases.@Nullable Claim claim;
    private @Nullable Sequencer sequencer;
    private @Nullable MessageConsumer<Long> losses;
    private @Nullable UUID membership;
    private Future<List<Receipt>> inFlight = Future.succeededFuture(List.of());
    private @Nullable Sequencer establishing; // the one that begins
    private boolean ingesting;
    private long positionTimer = -1;
    private long lossTimer = -1;
    private boolean closed;

    LogMember(
            ContextInternal context,
            String stream,
            HazelcastInstance hazelcast,
            HazelcastLeases leases,
            Ring ring,
            SplitDetector quorum,
            IMap<String, String> epochs,
            @Nullable Epochs known,
            Duration idempotency,
            InitialLoad follower,
            Leadership leadership,
            AppendQueue queue,
            Consumer<Throwable> onFailure) {
        this.context = context;
        this.stream = stream;
        this.hazelcast = hazelcast;
        this.leases = leases;
        this.ring = ring;
        this.quorum = quorum;
        this.epochs = epochs;
        this.receipts = new RecentKeys(idempotency);
        this.follower = follower;
        this.leadership = leadership;
        this.queue = queue;
        this.onFailure = onFailure;
        this.order = new RecordFilter(known, this);
        this.reader = new RingFollower(context, stream, ring, order, this);
        this.forwarding = new AppendRpc(context, stream, leases.self(), this::takeForwarded);
        this.based = context.promise();
    }

    /** Completes when the follower has what the ring had, and knows where it stands. */
    Future<Void> open() {
        membership = hazelcast.getCluster().addMembershipListener(this);
        losses = context.owner().eventBus().consumer(lossAddress());
        losses.handler(message -> lostAt(message.body()));
        positionTimer = context.owner().setPeriodic(Ring.MIN_AGE.toMillis() / 3, id -> repeatPosition());
        return forwarding
                .open()
                .compose(v -> reader.start())
                .compose(v -> {
                    load();
                    return leases.claim("stream/" + stream, this);
                })
                .compose(claimed -> {
                    claim = claimed;
                    return closed ? claimed.release() : based.future();
                });
    }

    private void load() {
        if (!closed) {
            follower.done();
        }
    }

    /** Hands over: the batch in flight is finished, what comes later is refused. */
    Future<Void> close() {
        closed = true;
        return inFlight.timeout(FINISH_MILLIS, TimeUnit.MILLISECONDS)
                .eventually(() -> isRunning() ? quorum.leave(context) : context.succeededFuture())
                .transform(done -> leave(FAREWELL_MILLIS));
    }

    /** Stops at once: the cluster in which this node was a member will be none of it any more. */
    Future<Void> abandon() {
        closed = true;
        return leave(0);
    }

    private boolean isRunning() {
        return hazelcast.getLifecycleService().isRunning();
    }

    private Future<Void> leave(long farewellMillis) {
        Sequencer was = sequencer;
        sequencer = null;
        if (was != null) {
            was.stop("the node stops, and nobody can say whether the log has this");
        }
        reader.stop();
        based.tryFail("the log is being left");
        context.owner().cancelTimer(positionTimer);
        context.owner().cancelTimer(lossTimer);
        if (membership != null && isRunning()) {
            hazelcast.getCluster().removeMembershipListener(membership);
        }
        HazelcastLeases.Claim had = claim;
        return (had == null ? Future.succeededFuture() : had.release())
                .eventually(() -> was == null || farewellMillis == 0
                        ? Future.succeededFuture()
                        : context.owner().timer(farewellMillis))
                .eventually(forwarding::close)
                .eventually(leadership::stepDown)
                .eventually(() -> losses == null ? Future.succeededFuture() : losses.unregister())
                .eventually(() -> context.executeBlocking(() -> {
                    quorum.close();
                    return null;
                }))
                .mapEmpty();
    }

    // ---- what the order says

    @Override
    public void begin(Epochs begun, long position) {
        // After mere misses the log still has what it had; after a loss of its past it may take a key again.
        receipts.retain(begun::contains);
        reader.trust();
        follower.reset(begun, position, List.of());
        based.tryComplete();
    }

    @Override
    public void goOn(Epochs begun) {
        follower.beginEpoch(begun);
    }

    @Override
    public void accept(List<Appended> submission) {
        List<Event> events = new ArrayList<>(submission.size());
        for (Appended appended : submission) {
            events.add(Event.of(appended.id(), appended.time(), appended.publication()));
            Keyed keyed = appended.keyed();
            if (keyed != null) {
                receipts.add(keyed.key(), new Receipt(appended.id(), keyed.count(), keyed.digest()), appended.time());
            }
        }
        follower.append(events);
    }

    @Override
    public void read() {
        Sequencer now = sequencer;
        if (now != null) {
            now.read();
            if (order.term() > now.term()) {
                depose("another node writes the log");
            }
        }
    }

    /** The journal may be wrong: the log has to be opened again. */
    @Override
    public void failed(Throwable cause) {
        based.tryFail(cause);
        onFailure.accept(cause);
    }

    // ---- who writes

    @Override
    public void acquired(long term) {
        context.runOnContext(v -> serve(term));
    }

    @Override
    public void lostLease() {
        context.runOnContext(v -> depose("another node has the lease"));
    }

    private void serve(long term) {
        if (closed) {
            return;
        }
        depose("a new term begins");
        Sequencer next = new Sequencer(context, stream, ring, order, reader, term, this::put, quorum);
        sequencer = next;
        establish(next);
    }

    /** Begins until it succeeds, or the term is over: right after a death Hazelcast may refuse anything. */
    private void establish(Sequencer now) {
        if (sequencer != now || closed || establishing == now || now.isServing()) {
            return; // a loss has had it begun meanwhile: a second time would break off what is being appended
        }
        establishing = now;
        now.begin().onComplete(done -> {
            establishing = establishing == now ? null : establishing;
            if (done.succeeded() && now.isServing()) {
                ingest(now);
            } else {
                LOG.debug("stream {}: term {} did not begin, and is begun again", stream, now.term(), done.cause());
                context.owner().setTimer(RETRY_MILLIS, id -> establish(now));
            }
        });
    }

    /** Has the bus bring its messages here, if it does not yet. */
    private void ingest(Sequencer now) {
        if (sequencer != now || ingesting || closed) {
            return;
        }
        ingesting = true;
        leadership.lead().onComplete(v -> LOG.info("stream {}: this node takes in its events now", stream), failure -> {
            LOG.debug("stream {}: consumers could not be registered, and are again", stream, failure);
            if (sequencer == now) {
                ingesting = false;
                leadership.stepDown().onComplete(v -> context.owner().setTimer(RETRY_MILLIS, id -> ingest(now)));
            }
        });
    }

    private Future<Void> put(Epochs begun) {
        return Future.fromCompletionStage(epochs.setAsync(stream, begun.toString()), context);
    }

    private void depose(String why) {
        Sequencer was = sequencer;
        sequencer = null;
        if (was != null) {
            was.stop(why + ", and nobody can say whether the log has this");
        }
        if (ingesting) {
            ingesting = false;
            LOG.info("stream {}: {}", stream, why);
            leadership.stepDown().onFailure(failure -> LOG.debug("stream {}: consumers could not go", stream, failure));
        }
        HazelcastLeases.Claim mine = claim;
        if (was != null && mine != null && order.term() > was.term()) {
            mine.raise(order.term());
        }
    }

    private void repeatPosition() {
        Sequencer now = sequencer;
        if (now != null && inFlight.isComplete()) {
            now.repeatPosition();
        }
    }

    // ---- what is published here

    Future<List<Receipt>> append(List<Batch> batch) {
        Promise<List<Receipt>> done = context.promise();
        inFlight = done.future();
        append(batch, forwarding.outgoing(batch), done, System.nanoTime() + PATIENCE_MILLIS * 1_000_000);
        return done.future();
    }

    /** As long as nobody has taken it, somebody may be about to. */
    private void append(List<Batch> batch, AppendRpc.Outgoing outgoing, Promise<List<Receipt>> done, long deadline) {
        appendOnce(batch, outgoing).onComplete(receipts -> done.complete(receipts), failure -> {
            boolean untaken = failure instanceof NotTakenException;
            if (untaken && !closed && System.nanoTime() < deadline) {
                context.owner().setTimer(RETRY_MILLIS, id -> append(batch, outgoing, done, deadline));
            } else {
                done.fail(failure);
            }
        });
    }

    private Future<List<Receipt>> appendOnce(List<Batch> batch, AppendRpc.Outgoing outgoing) {
        Sequencer here = sequencer;
        HazelcastLeases.Claim lease = claim;
        if (here != null && here.isServing()) {
            return here.append(batch, receipts::find);
        } else if (here != null || lease == null || lease.owner().equals(leases.self())) {
            return context.failedFuture(new NotTakenException("no node takes events for this stream yet; try again"));
        }
        String owner = lease.owner();
        return isMember(owner)
                ? outgoing.send(owner)
                : context.failedFuture(new NotTakenException("the node that wrote the log is gone; try again"));
    }

    /** Who has died is found out here before it is in the lease; what is sent to it would wait for an answer. */
    private boolean isMember(String id) {
        return hazelcast.getCluster().getMembers().stream()
                .anyMatch(member -> member.getUuid().toString().equals(id));
    }

    private Future<List<Receipt>> takeForwarded(List<Batch> batch) {
        Sequencer here = sequencer;
        return here == null || closed || !here.isServing()
                ? context.failedFuture(new NotTakenException("this node does not take the stream's events; try again"))
                : queue.appendAll(batch);
    }

    // ---- who comes and goes

    @Override
    public void memberAdded(MembershipEvent event) {}

    @Override
    public void memberRemoved(MembershipEvent event) {
        String gone = event.getMember().getUuid().toString();
        context.runOnContext(v -> {
            if (!closed) {
                forwarding.gone(gone);
                reader.check();
                fork();
            }
        });
    }

    /** Where this node writes the log, and the log has to go on in an epoch of its own, that needs a term of its own. */
    private void fork() {
        Sequencer now = sequencer;
        HazelcastLeases.Claim mine = claim;
        Epochs known = order.epochs();
        if (known != null && !quorum.mustFork(known.newest())) {
            quorum.settle(context, known.newest())
                    .onFailure(failure -> LOG.debug("stream {}: {}", stream, failure.getMessage()));
        } else if (now != null && mine != null && known != null) {
            now.stop("this node is left with half of the cluster or less, and nobody can say whether the log has this");
            mine.raise(now.term());
        }
    }

    // ---- a log without its past

    /** This node has lost it: whoever writes has to begin anew. */
    @Override
    public void lost() {
        if (sequencer == null) {
            order.lose();
            tellLoss();
        } else {
            lostAt(order.last());
        }
    }

    private void tellLoss() {
        if (!closed && order.isLost()) {
            context.owner().eventBus().publish(lossAddress(), order.last());
            lossTimer = context.owner().setTimer(TELL_AGAIN_MILLIS, id -> tellLoss());
        }
    }

    /** A node had events up to a position, and does not find them any more. */
    private void lostAt(long last) {
        Sequencer here = sequencer;
        Epochs known = order.epochs();
        if (here != null && (known == null || known.past() <= last)) {
            here.lose(last);
            establish(here);
        }
    }

    private String lossAddress() {
        return "sluice." + stream + ".lost";
    }
}
