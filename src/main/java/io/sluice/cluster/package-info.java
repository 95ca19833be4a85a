/**
 * Several nodes: how they find each other and who they are, and the logs that they have in common: {@link
 * io.sluice.cluster.HazelcastLog} in their own memory, {@link io.sluice.cluster.RedisLog} outside of them.
 */
@NullMarked
package io.sluice.cluster;

import org.jspecify.annotations.NullMarked;
