package io.sluice.hazelcast;

import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.LatestEvents;
import io.sluice.log.LogLines;
import io.sluice.log.LogSetup;
import io.sluice.log.ShardPeers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the newest events of topics from before the oldest event that a node has read in the ring: see {@link
 * io.sluice.log.History#latest}.
 *
 * <pre>
 *   the ring       ....... evicted ........ | 1031 | 1032 | .. | 1040 | 1041 ..
 *   this node                          base   reads ------------->
 *   another node   12   417   1030                                  as of 1040: page 1     as of 1041: page 2
 *                  the newest of their topics
 * </pre>
 *
 * <p>A page counts if the position that it is of is one of this node's log, as the epochs tell, and not before the base: otherwise
 * this node would know nothing of what is between the two. A topic whose newest event is behind the base is not in the page: this
 * node reads that event itself. So it waits until it has read as far as the pages tell.
 *
 * <p>This node's own journal comes first: it may have them from before the node has joined again. If no node has them, or none
 * tells them within {@value #PATIENCE_MILLIS} ms, the log begins without, or with what this node had before it missed events.
 *
 * <p>On the stream's context only.
 */
final class LatestTransfer {

    private static final long PATIENCE_MILLIS = 10_000;
    private static final long RETRY_MILLIS = 50;

    private static final Logger LOG = LoggerFactory.getLogger(LatestTransfer.class);

    /**
     * What there is of the events.
     *
     * @param events oldest first
     * @param lacking the number up to which others may be missing; 0 if none is
     */
    record Latest(List<Event> events, long lacking) {

        static final Latest NONE = new Latest(List.of(), 0);

        Latest {
            events = List.copyOf(events);
        }
    }

    private final ContextInternal context;
    private final LogLines lines;
    private final EventLog.Follower journal;
    private final ShardPeers peers;
    private final RecordFilter filter;
    private final long patienceMillis;
    private @Nullable Round round;

    /**
     * @param peers the other nodes that have the log
     * @param filter tells what this node has read
     */
    LatestTransfer(LogSetup setup, ShardPeers peers, RecordFilter filter) {
        this(setup, peers, filter, PATIENCE_MILLIS);
    }

    LatestTransfer(LogSetup setup, ShardPeers peers, RecordFilter filter, long patienceMillis) {
        this.patienceMillis = patienceMillis;
        this.context = setup.context();
        this.lines = new LogLines(LOG, setup.stream());
        this.journal = setup.follower();
        this.peers = peers;
        this.filter = filter;
    }

    /** Takes the questions of other nodes. */
    Future<Void> open() {
        return peers.listen(this::answer);
    }

    /** Answers another node. */
    Buffer answer(Buffer question) {
        LatestEvents own = journal.latest();
        if (own != null) {
            return LatestPage.answer(own, question);
        }
        return round != null && round.hasSource ? LatestPage.LATER : LatestPage.NOTHING;
    }

    Future<Void> close() {
        cancel();
        return peers.close();
    }

    private void cancel() {
        if (round != null) {
            round.end();
        }
    }

    /**
     * The newest events of topics up to a number. A later call ends this one.
     *
     * @param base the number before the oldest event that was read
     */
    Future<Latest> upTo(long base) {
        cancel();
        Epochs epochs = filter.epochs();
        if (epochs == null || base <= epochs.past()) {
            // The log has no event up to there.
            return context.succeededFuture(Latest.NONE);
        }
        LatestEvents own = journal.latest();
        List<Event> had = own != null && epochs.contains(own.last()) ? all(own, base) : List.of();
        if (own != null && counts(own.last(), base)) {
            return context.succeededFuture(new Latest(had, own.lacking()));
        }
        Round begun = new Round(base, had);
        round = begun;
        begun.askAll();
        return begun.latest.future();
    }

    private static List<Event> all(LatestEvents own, long base) {
        List<Event> events = new ArrayList<>();
        for (long after = 0; after < base; ) {
            LatestPage page = LatestPage.of(own, after, base);
            events.addAll(page.events());
            after = page.end();
        }
        return events;
    }

    private boolean counts(EventId last, long base) {
        Epochs epochs = filter.epochs();
        return epochs != null && last.n() >= base && epochs.contains(last);
    }

    /** Asks each node in turn, until one has told all, and again those that may have it later. */
    private final class Round {

        private final long base;
        private final List<Event> had;
        private final Promise<Latest> latest = context.promise();
        private final TreeMap<Long, Event> told = new TreeMap<>();
        private final long timer;

        /** The position of the newest page. */
        private long asOf;

        /** The number up to which topics may be missing. */
        private long lacking;

        private boolean hasSource;
        private boolean over;

        private Round(long base, List<Event> had) {
            this.base = base;
            this.had = had;
            this.lacking = base;
            this.timer = context.setTimer(patienceMillis, id -> giveUp());
        }

        private void askAll() {
            if (!over) {
                ask(peers.others().iterator(), true);
            }
        }

        /** @param nobody whether all that were asked have nothing */
        private void ask(Iterator<String> rest, boolean nobody) {
            if (rest.hasNext()) {
                ask(rest.next(), 0, rest, nobody);
            } else if (nobody) {
                lines.debug("no other node has the newest events of topics up to {}", base);
                end();
            } else {
                context.setTimer(RETRY_MILLIS, id -> askAll());
            }
        }

        private void ask(String other, long after, Iterator<String> rest, boolean nobody) {
            peers.ask(other, LatestPage.question(after, base)).onComplete(asked -> {
                if (over) {
                    return;
                }
                LatestPage page = asked.succeeded() ? read(asked.result()) : null;
                if (page == null || !counts(page.last(), base)) {
                    boolean nothing = asked.succeeded() && asked.result().length() == 0;
                    ask(rest, nobody && nothing);
                } else if (take(page, after)) {
                    ask(other, page.end(), rest, false);
                } else {
                    lacking = Math.min(base, page.lacking());
                    endWhenRead();
                }
            });
        }

        private @Nullable LatestPage read(Buffer answer) {
            try {
                return LatestPage.read(answer);
            } catch (RuntimeException e) {
                lines.warn("what another node tells of the newest events of topics cannot be read", e);
                return null;
            }
        }

        /** Returns whether there is another page. */
        private boolean take(LatestPage page, long after) {
            hasSource = true;
            asOf = Math.max(asOf, page.last().n());
            page.events().forEach(event -> told.put(event.n(), event));
            return page.end() > after && page.end() < base;
        }

        private void endWhenRead() {
            if (over || filter.last() >= asOf) {
                end();
            } else {
                context.setTimer(RETRY_MILLIS, id -> endWhenRead());
            }
        }

        private void giveUp() {
            if (!over) {
                lines.warn(
                        "no other node has told the newest events of topics up to {}; a snapshot may lack topics",
                        base);
                end();
            }
        }

        private void end() {
            over = true;
            context.owner().cancelTimer(timer);
            latest.tryComplete(new Latest(hasSource ? List.copyOf(told.values()) : had, lacking));
        }
    }
}
