/**
 * A log in the memory of a Hazelcast cluster: how nodes find each other, which of them leads, and what they agree on.
 *
 * <pre>
 *   the log      HazelcastLog --> LogMember --> LogReplica   reads:    RingFollower --> RecordFilter --> journal
 *                                     |    \
 *                                     |     --> LogLeader    writes:   Sequencer --> TermWriter --> Ring
 *                                     |     \
 *                                     v      --> LatestTransfer         newest events of topics that the ring has no more
 *                                 AppendRouter --> AppendRpc            brings batches to the leader
 *
 *   templates    HazelcastTemplateLog --> a HazelcastLog for each shard
 *                    v
 *                HazelcastPeers                  what a node asks another one that the rings do not tell
 *
 *   who leads    HazelcastLeases --> LeaseClaim                        also for singletons
 *   who is lost  SplitDetector --> RollCall
 *   members      ClusterMembers                                        the one place that asks Hazelcast for them
 *   shared maps  ClusterMaps, EpochTable
 *   joining      ClusterConfig --> SeedMembers
 *                    |
 *                    v
 *                NodeClusterManager --> SecretHandshake, BusCertificate      who has the secret, ClusterKey
 *   for a node   HazelcastCluster --> HazelcastMembers, OpenPorts
 *                    |
 *                    v
 *                StreamAgreement, TemplateAgreement --> ClusterAgreement     what all nodes have alike
 * </pre>
 *
 * <p>Read {@link io.sluice.hazelcast.HazelcastLog} first.
 */
@NullMarked
package io.sluice.hazelcast;

import org.jspecify.annotations.NullMarked;
