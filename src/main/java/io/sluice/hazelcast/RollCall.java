package io.sluice.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.PartitionService;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Asks each of the other members for an entry of a map, to learn that it is alive. */
final class RollCall {

    /** Enough keys to hit a partition of each member. */
    private static final int MAX_KEYS = 5000;

    private final PartitionService partitions;
    private final IMap<String, String> map;

    RollCall(HazelcastInstance hazelcast, IMap<String, String> map) {
        this.partitions = hazelcast.getPartitionService();
        this.map = map;
    }

    /**
     * Asks all members that own a partition. If one leaves before it has answered, another one answers in its place.
     *
     * @param members how many there are
     */
    Future<Void> ask(ContextInternal context, int members) {
        Set<UUID> asked = new HashSet<>();
        List<Future<Object>> answers = new ArrayList<>();
        for (int i = 0; i < MAX_KEYS && asked.size() < members; i++) {
            String key = "?" + i;
            Member owner = partitions.getPartition(key).getOwner();
            if (owner != null && asked.add(owner.getUuid()) && !owner.localMember()) {
                answers.add(
                        Future.fromCompletionStage(map.getAsync(key), context).map(nothing -> key));
            }
        }
        return Future.all(answers).mapEmpty();
    }
}
