package io.sluice.hazelcast;

import io.sluice.log.InvalidOptionException;
import org.jspecify.annotations.Nullable;

/**
 * How a node finds its cluster, and by what the members know each other.
 *
 * @param file the value of {@link ClusterConfig#FILE}, or null for the built-in file
 * @param members the value of {@link ClusterConfig#MEMBERS}, or null
 * @param name of the cluster, or null for the one in the file; members of another name are none of it
 * @param key of the secret that the members share, or null: then whoever reaches the ports is a member
 */
public record ClusterOptions(
        @Nullable String file,
        @Nullable String members,
        @Nullable String name,
        @Nullable ClusterKey key) {

    public ClusterOptions {
        InvalidOptionException.require(
                file == null || members == null,
                ClusterConfig.MEMBERS,
                '"' + members + '"',
                "nothing beside -D" + ClusterConfig.FILE + ", which names the members");
    }
}
