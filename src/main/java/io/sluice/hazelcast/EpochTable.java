package io.sluice.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.sluice.log.Epochs;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * The epochs of a stream's log in a map of the cluster, for a node that joins when the ring has lost them. A leader writes an
 * epoch here before it begins the epoch in the ring.
 */
final class EpochTable {

    private final ContextInternal context;
    private final String stream;
    private final IMap<String, String> map;

    /** Blocks: not on an event loop. */
    EpochTable(ContextInternal context, HazelcastInstance hazelcast, String stream) {
        this.context = context;
        this.stream = stream;
        this.map = ClusterMaps.open(hazelcast, "epochs");
    }

    /** Reads the epochs; null if the log is new. Blocks: not on an event loop. */
    @Nullable
    Epochs read() {
        String text = map.get(stream);
        return text == null ? null : Epochs.parse(text);
    }

    Future<Void> write(Epochs epochs) {
        return Future.fromCompletionStage(map.setAsync(stream, epochs.toString()), context);
    }
}
