/**
 * Work that runs once among several nodes: leases, and verticles that one node at a time deploys. A log's package brings the
 * leases: {@code io.sluice.hazelcast} or {@code io.sluice.redis}.
 */
@NullMarked
package io.sluice.cluster;

import org.jspecify.annotations.NullMarked;
