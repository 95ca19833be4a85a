package io.sluice.log;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Gets a node the state of a shard from before the oldest command that the shard's log still has, from another node.
 *
 * <pre>
 *   the log        ........ evicted ........ | 1031 | 1032 | .. | 1040 | 1041 | 1042 | ..
 *   this node                                  reads, and holds back --------------------->
 *   another node   has applied all up to                   1040: page 1     1042: page 2
 *   this node      installs the pages, then applies to each stream what its page does not have
 * </pre>
 *
 * <p>A page counts only if its position is one of this node's log, as the epochs tell. If the other node leaves, the next one begins
 * again, at a position that is not before what has been installed.
 *
 * <p>If no node has the state, the {@link Owner} begins without it. A node that may have it, and does not answer, is asked again.
 *
 * <p>On the shard's context only.
 */
final class ShardTransfer {

    /** The follower that needs the state. */
    interface Owner {

        /** The log's epochs, up to what was read. */
        Epochs epochs();

        /** The number of the newest command that was read. */
        long read();

        /** A page was installed. */
        void reached(ShardPage page);

        /** The next commands. */
        void apply(List<Event> commands);

        /** Nothing is held back any more. */
        void complete();

        /** No other node has the state. */
        void nobodyHasIt();
    }

    private static final long RETRY_MILLIS = 100;
    private static final int MAX_HELD = 50_000;
    private static final long MAX_HELD_BYTES = 64 << 20;
    private static final int APPLIED_AT_ONCE = 1000;

    private final ContextInternal context;
    private final LogLines lines;
    private final ShardState state;
    private final ShardPeers peers;
    private final Owner owner;
    private final Queue<Event> heldBack = new ArrayDeque<>();
    private long heldBytes;

    private PageInstaller installer;
    private PageCursor cursor = PageCursor.START;
    private @Nullable ShardPage page;
    private @Nullable ShardPage first;
    /** The node that the pages come from; null if none does. */
    private @Nullable String source;
    /** The position below which no page is taken. */
    private long least;

    private boolean applying;
    private boolean over;

    /** @param least the position below which no state is taken: there would be commands missing */
    ShardTransfer(
            ContextInternal context, LogLines lines, ShardState state, ShardPeers peers, long least, Owner owner) {
        this.context = context;
        this.lines = lines;
        this.state = state;
        this.peers = peers;
        this.least = least;
        this.owner = owner;
        this.installer = new PageInstaller(state);
    }

    void start() {
        tryAll();
    }

    /** Ends without having completed. */
    void cancel() {
        over = true;
    }

    /** Whether some state comes, or is there. */
    boolean hasSource() {
        return source != null || applying;
    }

    /** Whether all pages are there, and what was held back is being applied. */
    boolean isApplying() {
        return applying;
    }

    private boolean isOver() {
        return over || applying;
    }

    /** Holds back the next commands, which the owner has read. */
    void offer(List<Event> commands) {
        for (Event command : commands) {
            heldBack.add(command);
            heldBytes += command.size();
        }
        if (!applying && (heldBack.size() > MAX_HELD || heldBytes > MAX_HELD_BYTES)) {
            lines.debug("more commands come than can be held back; the transfer begins again");
            drop(owner.read());
            least = owner.read();
            // The next page does not count: the installed ones are without what was dropped.
            first = installer.isEmpty() ? first : null;
        }
        proceed();
    }

    private void drop(long upTo) {
        for (Event oldest = heldBack.peek(); oldest != null && oldest.n() <= upTo; oldest = heldBack.peek()) {
            heldBytes -= oldest.size();
            heldBack.remove();
        }
    }

    // ---- who has it

    private void tryAll() {
        if (!isOver()) {
            tryNext(peers.others().iterator(), true);
        }
    }

    /** @param nobody whether all that were asked have nothing */
    private void tryNext(Iterator<String> rest, boolean nobody) {
        if (!rest.hasNext()) {
            if (nobody) {
                owner.nobodyHasIt();
            }
            if (!isOver()) {
                tryLater();
            }
            return;
        }
        String other = rest.next();
        cursor = PageCursor.START;
        peers.ask(other, new ShardQuestion.OfPage(least, cursor).encode()).onComplete(asked -> {
            if (isOver()) {
                return;
            }
            ShardPage begin = asked.succeeded() ? read(asked.result()) : null;
            if (begin == null) {
                boolean nothing = asked.succeeded() && asked.result().length() == 0;
                tryNext(rest, nobody && nothing);
            } else {
                lines.debug("{} has the streams", other);
                source = other;
                first = begin;
                installer = new PageInstaller(state);
                receive(begin);
            }
        });
    }

    private @Nullable ShardPage read(Buffer answer) {
        try {
            return answer.length() == 0 ? null : ShardQuestion.page(answer);
        } catch (RuntimeException e) {
            lines.warn("another node's state cannot be read", e);
            return null;
        }
    }

    private void tryLater() {
        source = null;
        page = null;
        context.setTimer(RETRY_MILLIS, id -> tryAll());
    }

    // ---- its pages

    private void receive(ShardPage next) {
        page = next;
        proceed();
    }

    /** A page waits until this node has read so far: only then it can tell whether the page is of its log. */
    private void proceed() {
        ShardPage now = page;
        if (now == null || isOver() || owner.read() < now.position().n()) {
            return;
        }
        page = null;
        if (!counts(now)) {
            tryLater();
            return;
        }
        if (installer.isEmpty()) {
            drop(now.position().n());
        }
        least = now.position().n();
        try {
            installer.install(now, cursor, heldBack);
        } catch (RuntimeException | Error e) {
            lines.warn("another node's state cannot be taken, and is asked for again", e);
            tryLater();
            return;
        }
        owner.reached(now);
        PageCursor next = now.next();
        if (next == null) {
            apply();
        } else {
            ask(next);
        }
    }

    private boolean counts(ShardPage now) {
        ShardPage begin = first;
        return now.position().n() >= least
                && owner.epochs().contains(now.position())
                && begin != null
                && begin.startedOver() == now.startedOver();
    }

    private void ask(PageCursor next) {
        String from = source;
        if (from == null) {
            return;
        }
        cursor = next;
        peers.ask(from, new ShardQuestion.OfPage(least, next).encode()).onComplete(asked -> {
            if (isOver()) {
                return;
            }
            ShardPage answer = asked.succeeded() ? read(asked.result()) : null;
            if (answer == null) {
                tryLater();
            } else {
                receive(answer);
            }
        });
    }

    // ---- what came meanwhile

    /** This node's state is right as of a position: no page is needed. */
    void goOnFrom(long position) {
        installer.own(position);
        drop(position);
        apply();
    }

    private void apply() {
        applying = true;
        if (over) {
            return;
        }
        List<Event> some = new ArrayList<>();
        for (int left = APPLIED_AT_ONCE; left > 0 && !heldBack.isEmpty(); left--) {
            Event command = heldBack.remove();
            heldBytes -= command.size();
            if (command.n() > installer.positionOf(command.topic())) {
                some.add(command);
            }
        }
        owner.apply(some);
        if (heldBack.isEmpty()) {
            over = true;
            owner.complete();
        } else {
            context.runOnContext(v -> apply());
        }
    }
}
