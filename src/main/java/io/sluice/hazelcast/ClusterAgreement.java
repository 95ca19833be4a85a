package io.sluice.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.map.IMap;
import io.sluice.log.InvalidOptionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * What all nodes of a cluster must have alike in some matter. Each node says what it has, and is refused if another one has said
 * something else.
 *
 * <pre>
 *     map "sluice.agreement"      streams/5f2c...        -&gt;  chat/*, events
 *                                 template chat/5f2c...  -&gt;  shards 8, history 10000 events, idle 600s, ...
 * </pre>
 *
 * <p>One node at a time compares and says. So of two that differ and start at once the second one is refused, and nobody sees
 * what a node said that was refused. What a member said that has left is removed by the next one that looks.
 */
final class ClusterAgreement {

    /** Compares what this node has with what another one has said; throws {@link InvalidOptionException} if it must not join. */
    interface Comparison {
        void require(List<String> mine, List<String> theirs);
    }

    private static final String MAP = "agreement";
    private static final String LOCK = "lock";
    private static final String LINE = "\n";
    private static final int ATTEMPTS = 3;

    /** A lock outlives its owner's pause by so much at most; reading and writing take some milliseconds. */
    private static final int LOCK_SECONDS = 10;

    private final String matter;
    private final List<String> mine;
    private final Comparison comparison;

    /**
     * @param matter without a slash
     * @param mine what this node has, each without a line break
     */
    ClusterAgreement(String matter, List<String> mine, Comparison comparison) {
        this.matter = matter;
        this.mine = List.copyOf(mine);
        this.comparison = comparison;
    }

    /**
     * Compares what this node has with what the others have said, and says it. Blocks: not on an event loop.
     *
     * @throws InvalidOptionException if this node must not join
     */
    void require(HazelcastInstance hazelcast) {
        for (int attempt = 1; ; attempt++) {
            try {
                requireOnce(hazelcast);
                return;
            } catch (IndeterminateOperationStateException e) {
                // A member that holds a copy has left meanwhile, or is busy.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void requireOnce(HazelcastInstance hazelcast) {
        IMap<String, String> map = ClusterMaps.open(hazelcast, MAP);
        ClusterMembers members = new ClusterMembers(hazelcast);
        String said = String.join(LINE, mine);
        if (said.equals(map.get(key(members)))) {
            return;
        }
        lock(map);
        try {
            for (Map.Entry<String, String> entry : new ArrayList<>(map.entrySet())) {
                String key = entry.getKey();
                if (!members.has(key.substring(key.lastIndexOf('/') + 1))) {
                    map.remove(key);
                } else if (key.startsWith(matter + '/') && !key.equals(key(members))) {
                    comparison.require(mine, List.of(entry.getValue().split(LINE, -1)));
                }
            }
            map.set(key(members), said);
        } finally {
            map.unlock(LOCK);
        }
    }

    /** Takes back what this node said. Any thread. */
    CompletionStage<?> withdraw(HazelcastInstance hazelcast) {
        return hazelcast.getMap(ClusterMaps.PREFIX + MAP).removeAsync(key(new ClusterMembers(hazelcast)));
    }

    private static void lock(IMap<String, String> map) {
        try {
            if (!map.tryLock(LOCK, LOCK_SECONDS, TimeUnit.SECONDS, LOCK_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the nodes of the cluster do not come to compare their streams");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String key(ClusterMembers members) {
        return matter + '/' + members.self();
    }
}
