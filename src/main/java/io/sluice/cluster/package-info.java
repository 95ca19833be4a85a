/**
 * Work that runs once among several nodes.
 *
 * <pre>
 *   SingletonVerticle, RedisLog -->  ClusterSingleton  -->  Leases
 *                                     starts, stops           ^
 *                                                             |  one implementation for each way to connect nodes
 *                                                   HazelcastLeases, RedisLease
 *
 *   Node -->  Members       the members of the cluster, by name
 * </pre>
 *
 * <p>The package of a log brings the leases: {@code io.sluice.hazelcast} or {@code io.sluice.redis}.
 */
@NullMarked
package io.sluice.cluster;

import org.jspecify.annotations.NullMarked;
