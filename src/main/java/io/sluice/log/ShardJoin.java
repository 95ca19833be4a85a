package io.sluice.log;

import io.sluice.log.ShardCommand.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a shard's log, and hands its commands to the {@link Shard} once this node has the state from before them. The log keeps
 * only the newest commands.
 *
 * <pre>
 *   what this node has                      what it does
 *   nothing, and the log has all            applies all
 *   the state as of a command in the log    applies the later ones
 *   nothing, or an older state              gets the state from another node: {@link ShardTransfer}
 *   nothing, and no other node has it       says in the log that all starts over: {@link Kind#START_OVER}
 * </pre>
 *
 * <p><b>Starting over.</b> Each node forgets all streams when it reads that. The command names the position at which its sender
 * found that nobody has the state. If another one took effect after that position, it does nothing: two nodes that start together
 * do not wipe what was published in between. A node that does not know whether there was another one leaves that to the state of
 * another node.
 *
 * <p><b>Another log.</b> After a split the log may be another one than this node's state is of, as the epochs tell. The streams then
 * become those of the other nodes, and their readers go on right behind what both have.
 *
 * <p>On the shard's context only.
 */
final class ShardJoin implements EventLog.Follower, ShardTransfer.Owner {

    /** The topic of a command about all streams: the name of none. */
    private static final String ALL = "#";

    private static final Logger LOG = LoggerFactory.getLogger(ShardJoin.class);

    private final ContextInternal context;
    private final LogLines lines;
    private final ShardState state;
    private final ShardPeers peers;
    private final Function<Batch, Future<Receipt>> log;
    private final List<Promise<Void>> waiting = new ArrayList<>();

    private Epochs epochs = Journal.UNBORN_EPOCHS;
    private long read;
    /** The newest position of which the state has something. */
    private EventId reached = Journal.UNBORN_ID;
    /** The position of the last command to start over that took effect. */
    private long startedOver;
    /** The position from which on it is known which commands to start over there were. */
    private long knownFrom;
    /** A command to start over is under way. */
    private boolean startingOver;

    private @Nullable ShardTransfer transfer;
    private volatile boolean complete;

    /** @param log appends to the shard's log */
    ShardJoin(
            ContextInternal context,
            String shard,
            ShardState state,
            ShardPeers peers,
            Function<Batch, Future<Receipt>> log) {
        this.context = context;
        this.lines = new LogLines(LOG, shard);
        this.state = state;
        this.peers = peers;
        this.log = log;
    }

    /** Whether the streams are as the log says. Any thread. */
    boolean isComplete() {
        return complete;
    }

    /** Completes when the streams are as the log says. */
    Future<Void> completed() {
        if (complete) {
            return context.succeededFuture();
        }
        Promise<Void> promise = context.promise();
        waiting.add(promise);
        return promise.future();
    }

    /** Waits for nothing any more. */
    void close() {
        complete = false;
        cancelTransfer();
        waiting.forEach(promise -> promise.tryFail(new NotTakenException("the streams are closing; try again")));
        waiting.clear();
    }

    private void cancelTransfer() {
        if (transfer != null) {
            transfer.cancel();
            transfer = null;
        }
    }

    // ---- the log

    @Override
    public void reset(Epochs begun, long n, List<Event> latest, List<Event> kept) {
        boolean follows = complete && begun.contains(reached) && reached.n() >= n && reached.n() <= n + kept.size();
        complete = false;
        cancelTransfer();
        epochs = begun;
        read = n + kept.size();
        knownFrom = n;
        startingOver = false;
        listen().onFailure(failure -> lines.debug("no questions are taken yet", failure));
        if (follows) {
            apply(kept.subList((int) (reached.n() - n), kept.size()));
            complete();
        } else if (n <= begun.past()) {
            beginFrom(n, kept);
        } else {
            getState(begun.contains(reached) ? Math.max(n, reached.n()) : n, kept);
        }
    }

    /** The log has all that there ever was, or it has lost all before: the state before is empty. */
    private void beginFrom(long n, List<Event> kept) {
        startedOver = n;
        if (reached.equals(Journal.UNBORN_ID)) {
            apply(kept);
        } else {
            state.rebuild(kept, epochs.id(read));
        }
        complete();
    }

    private void getState(long least, List<Event> kept) {
        lines.debug("the streams up to {} are needed from another node", least);
        state.forgetOutcomes();
        ShardTransfer begun = new ShardTransfer(context, lines, state, peers, least, this);
        transfer = begun;
        holdBack(begun, kept);
        begun.start();
    }

    @Override
    public void beginEpoch(Epochs begun) {
        epochs = begun;
    }

    @Override
    public void append(List<Event> commands) {
        if (commands.isEmpty()) {
            // The log had the batch already, by its key.
            return;
        }
        read = commands.get(commands.size() - 1).n();
        ShardTransfer under = transfer;
        if (under == null) {
            apply(commands);
            return;
        }
        holdBack(under, commands);
    }

    private void holdBack(ShardTransfer under, List<Event> commands) {
        under.offer(commands);
        for (Event command : commands) {
            if (command.topic().equals(ALL)) {
                meetStartOver(under, command);
            }
        }
    }

    // ---- the owner of a transfer

    @Override
    public Epochs epochs() {
        return epochs;
    }

    @Override
    public long read() {
        return read;
    }

    @Override
    public void reached(ShardPage page) {
        reached = page.position();
        startedOver = page.startedOver();
    }

    @Override
    public void apply(List<Event> commands) {
        int from = 0;
        for (int i = 0; i < commands.size(); i++) {
            Event command = commands.get(i);
            if (command.topic().equals(ALL)) {
                state.apply(commands.subList(from, i));
                startOver(command);
                from = i + 1;
            }
        }
        state.apply(commands.subList(from, commands.size()));
        reached =
                commands.isEmpty() ? reached : commands.get(commands.size() - 1).id();
    }

    @Override
    public void complete() {
        transfer = null;
        reached = epochs.id(read);
        complete = true;
        waiting.forEach(Promise::tryComplete);
        waiting.clear();
    }

    // ---- starting over

    @Override
    public void nobodyHasIt() {
        if (startingOver) {
            return;
        }
        startingOver = true;
        lines.warn("no node has their events any more: they start over, and their subscribers are told");
        Bytes base = Bytes.of(Long.toString(read));
        ShardCommand command = new ShardCommand(Kind.START_OVER, 0, 0, null, null, base);
        log.apply(Batch.of(command.toEvent(ALL))).onFailure(failure -> {
            startingOver = false;
            lines.debug("they cannot start over yet", failure);
        });
    }

    private static long base(Event command) {
        return Long.parseLong(ShardCommand.read(command.data()).data().toString());
    }

    private void startOver(Event command) {
        if (base(command) >= startedOver) {
            state.forget();
            startedOver = command.n();
        }
    }

    /** If this takes effect, nothing from before is needed. */
    private void meetStartOver(ShardTransfer under, Event command) {
        boolean takesEffect = base(command) >= knownFrom;
        knownFrom = command.n();
        if (takesEffect && !under.isApplying()) {
            state.forget();
            startedOver = command.n();
            under.goOnFrom(command.n());
        }
    }

    // ---- other nodes

    /** Takes the questions of the other nodes. */
    Future<Void> listen() {
        return peers.listen(this::answer);
    }

    private Buffer answer(Buffer question) {
        ShardQuestion asked = ShardQuestion.read(question);
        return asked instanceof ShardQuestion.OfPage page
                ? answer(page)
                : state.ages(((ShardQuestion.OfAges) asked).names());
    }

    private Buffer answer(ShardQuestion.OfPage asked) {
        if (!complete) {
            return transfer != null && transfer.hasSource() ? ShardQuestion.LATER : ShardQuestion.NOTHING;
        }
        return read < asked.least()
                ? ShardQuestion.LATER
                : ShardQuestion.answer(state.page(epochs.id(read), startedOver, asked.cursor()));
    }
}
