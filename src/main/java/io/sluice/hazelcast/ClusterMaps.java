package io.sluice.hazelcast;

import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.merge.DiscardMergePolicy;

/** The maps that the nodes share, and what becomes of shared data when a split heals. */
final class ClusterMaps {

    /** Each waits some seconds for a backup. */
    private static final int ATTEMPTS = 3;

    static final String PREFIX = "sluice.";

    private ClusterMaps() {}

    /** Opens a map. Blocks: not on an event loop. */
    static IMap<String, String> open(HazelcastInstance hazelcast, String name) {
        Config config = hazelcast.getConfig();
        MapConfig known = config.getMapConfigOrNull(PREFIX + name);
        // Adding one is a call to each member.
        if (known == null || !known.getMergePolicyConfig().equals(largerSideStays())) {
            config.addMapConfig(new MapConfig(PREFIX + '*').setMergePolicyConfig(largerSideStays()));
        }
        return hazelcast.getMap(PREFIX + name);
    }

    /** After a split the larger side's data stays, and nothing of the smaller side's. Hazelcast's default would mix them. */
    static MergePolicyConfig largerSideStays() {
        return new MergePolicyConfig(DiscardMergePolicy.class.getName(), 1);
    }

    /**
     * Sets an entry, again if nobody can say whether it was: where two nodes join at once, the member that is to have a backup may not
     * answer in time. What is set again is the same. Blocks: not on an event loop.
     */
    static <V> void set(IMap<String, V> map, String key, V value) {
        for (int attempt = 1; ; attempt++) {
            try {
                map.set(key, value);
                return;
            } catch (IndeterminateOperationStateException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
