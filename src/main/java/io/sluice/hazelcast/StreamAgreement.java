package io.sluice.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.sluice.cluster.Agreement;
import io.sluice.log.InvalidOptionException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All nodes of a cluster have the same streams: two projects that meet on one machine would differ in silence. */
final class StreamAgreement implements Agreement {

    private static final Logger LOG = LoggerFactory.getLogger(StreamAgreement.class);

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final ClusterAgreement agreement;
    private final UUID listener;

    private StreamAgreement(Vertx vertx, HazelcastInstance hazelcast, ClusterAgreement agreement) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.agreement = agreement;
        this.listener = hazelcast.getLifecycleService().addLifecycleListener(event -> changed(event.getState()));
    }

    /**
     * Says which streams this node has, unless others have other ones.
     *
     * @param strict whether it is refused then; otherwise it warns
     */
    static Future<Agreement> reach(
            Vertx vertx, HazelcastInstance hazelcast, Collection<String> streams, boolean strict) {
        List<String> mine = streams.stream().sorted().toList();
        ClusterAgreement agreement =
                new ClusterAgreement("streams", mine, strict ? StreamAgreement::compare : StreamAgreement::warn);
        return vertx.executeBlocking(() -> {
            agreement.require(hazelcast);
            return new StreamAgreement(vertx, hazelcast, agreement);
        });
    }

    private static void warn(List<String> mine, List<String> theirs) {
        try {
            compare(mine, theirs);
        } catch (InvalidOptionException e) {
            LOG.warn("streams: {}: a client that comes to another node may miss them", e.value());
        }
    }

    private static void compare(List<String> mine, List<String> theirs) {
        List<String> more = mine.stream().filter(name -> !theirs.contains(name)).toList();
        List<String> less = theirs.stream().filter(name -> !mine.contains(name)).toList();
        if (!more.isEmpty() || !less.isEmpty()) {
            throw new InvalidOptionException(
                    "streams",
                    describe("only this node has ", more)
                            + (more.isEmpty() || less.isEmpty() ? "" : ", ")
                            + describe("only the cluster has ", less),
                    "the same streams, or another cluster.name");
        }
    }

    private static String describe(String who, List<String> names) {
        return names.isEmpty()
                ? ""
                : names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", ", who, ""));
    }

    /** In a larger cluster, into which this side of a split is merged, nobody has heard of it. On a thread of Hazelcast. */
    private void changed(LifecycleState state) {
        if (state == LifecycleState.MERGED || state == LifecycleState.MERGE_FAILED) {
            vertx.executeBlocking(() -> {
                        agreement.require(hazelcast);
                        return null;
                    })
                    .onFailure(failure -> LOG.error("after a split: {}", failure.getMessage()));
        }
    }

    @Override
    public Future<Void> withdraw() {
        try {
            hazelcast.getLifecycleService().removeLifecycleListener(listener);
            return Future.fromCompletionStage(agreement.withdraw(hazelcast)).mapEmpty();
        } catch (RuntimeException e) {
            // Hazelcast has stopped, at any moment.
            return Future.failedFuture(e);
        }
    }
}
