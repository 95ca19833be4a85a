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
 * <p>One node at a time compares, and then says. So of two that differ and start at once the second one is refused. A node that
 * is refused has said nothing, and so nobody is compared with it. What a member said that has left is removed by the next one
 * that looks.
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
    private static final String NEVER = "the nodes of the cluster do not come to compare their streams";

    /** A lock outlives its owner's pause by so much at most; reading and writing take some milliseconds. */
    private static final int LOCK_SECONDS = 10;

    private final String matter;
    private final List<String> mine;
    private final Comparison comparison;
    private volatile boolean withdrawn;

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
                if (requireOnce(hazelcast, attempt > 1)) {
                    return;
                }
                if (attempt == ATTEMPTS) {
                    throw new IllegalStateException(NEVER);
                }
            } catch (IndeterminateOperationStateException e) {
                // A member that holds a copy has left meanwhile, or is busy.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * @param again whether what this node has said already does not count, since others may have compared meanwhile
     * @return whether the lock was held to the end
     */
    private boolean requireOnce(HazelcastInstance hazelcast, boolean again) {
        IMap<String, String> map = ClusterMaps.open(hazelcast, MAP);
        ClusterMembers members = new ClusterMembers(hazelcast);
        String said = String.join(LINE, mine);
        if (!again && said.equals(map.get(key(members)))) {
            return true;
        }
        lock(map);
        boolean held;
        try {
            if (again) {
                map.delete(key(members));
            }
            for (Map.Entry<String, String> entry : new ArrayList<>(map.entrySet())) {
                String key = entry.getKey();
                if (!members.has(key.substring(key.lastIndexOf('/') + 1))) {
                    map.remove(key);
                } else if (key.startsWith(matter + '/') && !key.equals(key(members))) {
                    comparison.require(mine, List.of(entry.getValue().split(LINE, -1)));
                }
            }
            ClusterMaps.set(map, key(members), said);
            // Looked at last: a withdrawal that comes later removes what was set.
            if (withdrawn) {
                map.delete(key(members));
            }
        } finally {
            held = unlock(map);
        }
        return held;
    }

    /** Takes back what this node said, for good. Any thread. */
    CompletionStage<?> withdraw(HazelcastInstance hazelcast) {
        withdrawn = true;
        return hazelcast.getMap(ClusterMaps.PREFIX + MAP).removeAsync(key(new ClusterMembers(hazelcast)));
    }

    private static void lock(IMap<String, String> map) {
        try {
            if (!map.tryLock(LOCK, LOCK_SECONDS, TimeUnit.SECONDS, LOCK_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(NEVER);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Returns false if the lock had ended before, as it does where this node stood still for too long. */
    private static boolean unlock(IMap<String, String> map) {
        try {
            map.unlock(LOCK);
            return true;
        } catch (IllegalMonitorStateException e) {
            return false;
        }
    }

    private String key(ClusterMembers members) {
        return matter + '/' + members.self();
    }
}
