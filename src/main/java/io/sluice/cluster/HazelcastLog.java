package io.sluice.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.sluice.stream.Epochs;
import io.sluice.stream.EventLog;
import io.sluice.stream.History;
import io.sluice.stream.OverloadException;
import io.sluice.stream.Receipt;
import io.sluice.stream.Submission;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log in the memory of a cluster, with a copy at a second member: it outlives any one of them.
 *
 * <pre>
 *        node 1                       node 2, which has the lease             node 3
 *
 *    POST --> Ingest                 bus, POST --> Ingest                 Ingest <-- POST
 *               |                                    |                      |
 *               +----------- Forwarding -----------> + <---- Forwarding ----+
 *                                                    v
 *                                                Sequencer
 *                                                    |  adds records
 *                                                    v
 *    Ring, in Hazelcast, with a backup:     | .. | 41 | 42 | 43 |
 *               |                                    |                      |  long polls
 *          RingFollower                         RingFollower           RingFollower
 *               |                                    |                      |
 *             Order                                Order                  Order      which records count
 *               |                                    |                      |
 *            journal                              journal                journal
 * </pre>
 *
 * <p>An append is acknowledged when the node that wrote it has read it back. When the lease goes to another node, that one
 * begins a higher term, reads what there is, and goes on; records of the term before that come late do not count. So an
 * acknowledged event survives the death of any one node, and the next one's as soon as Hazelcast has made new backups.
 *
 * <p>Read on in {@link Order}, then in {@link Sequencer}.
 */
public final class HazelcastLog implements EventLog {

    private static final String EPOCHS = "sluice.epochs";
    private static final Duration LAG = Duration.ofSeconds(15);

    private final VertxInternal vertx;
    private final String stream;
    private final History history;
    private final Duration idempotency;
    private @Nullable LogMember member; // of the stream's context

    /**
     * A log of this name in the cluster that a Vert.x instance is in.
     *
     * @param history which has to be that of every node that has this log
     * @param idempotency how long a submission with a key is not taken again, where the ring keeps it so long or this node
     *     was there
     * @throws IllegalStateException where the instance is not clustered by Hazelcast
     */
    public HazelcastLog(Vertx vertx, String stream, History history, Duration idempotency) {
        if (!Members.areIn(vertx)) {
            throw new IllegalStateException("Vert.x is not clustered by Hazelcast");
        }
        this.vertx = (VertxInternal) vertx;
        this.stream = stream;
        this.history = history;
        this.idempotency = idempotency;
    }

    @Override
    public Future<Void> open(Follower follower, Ingestion ingestion) {
        ContextInternal context = vertx.getOrCreateContext();
        return context.executeBlocking(() -> {
                    HazelcastInstance hazelcast = HazelcastMembers.instance(vertx);
                    Ring ring = Ring.open(context, hazelcast, stream, history);
                    IMap<String, String> epochs = hazelcast.getMap(EPOCHS);
                    String known = epochs.get(stream);
                    return new LogMember(
                            context,
                            stream,
                            hazelcast,
                            Leases.of(vertx),
                            ring,
                            epochs,
                            known == null ? null : Epochs.parse(known),
                            idempotency,
                            follower,
                            ingestion);
                })
                .compose(opened -> {
                    member = opened;
                    return opened.open();
                });
    }

    @Override
    public Future<List<Receipt>> append(List<Submission> batch) {
        LogMember open = member;
        return open == null
                ? Future.failedFuture(new OverloadException("the log is not open; try again"))
                : open.append(batch);
    }

    /** Until a member counts as dead that does not answer, and what it held is where another one has it. */
    @Override
    public Duration lag() {
        return LAG;
    }

    @Override
    public Future<Void> close() {
        LogMember open = member;
        member = null;
        return open == null ? Future.succeededFuture() : open.close();
    }
}
