/**
 * For authors of logs, and for readers of a journal. A log decides a stream's order and keeps its history; a journal is one
 * node's window on it.
 *
 * <pre>
 *    Batch of NewEvents
 *        |
 *    EventLog           made by a LogProvider from a LogSetup
 *        |   AppendQueue        bounded; one write at a time
 *        |   LogWriter          the log's own part: MemoryLog here, others in packages of their own
 *        |   RecentKeys         a batch's key makes its repetition harmless
 *        v
 *    Events             each with an id, {@link io.sluice.log.EventId}: an epoch and a dense number
 *        |   InitialLoad        hides the history until all of it was read
 *        v
 *    JournalWriter      the stream's follower: encodes, keeps, evicts
 *        |   EventFormat        how a protocol writes an event
 *        v
 *    Journal            the newest events in a ring, for any number of readers
 *            Timeline, Epochs   map ids to the journal's positions: Resumption
 * </pre>
 *
 * <p>The streams of a template, {@code chat/42}, have a log for all of them:
 *
 * <pre>
 *    TemplateLog        made by a TemplateLogProvider from a TemplateSetup
 *        |   ShardedLog         over a few EventLogs: ShardMember, ShardCommand, Shard, ShardSweep
 *        |   ShardJoin          in a cluster, from which command on this node follows: ShardTransfer, ShardPage, ShardPeers
 *        v                      others are in packages of their own
 *    NamedStreams       those that there are, and those that are waited for
 *        v
 *    NamedStream        its JournalWriter and Journal, as above
 * </pre>
 *
 * <p>Read {@link io.sluice.log.EventLog} first, then {@link io.sluice.log.Journal}; for streams by name {@link
 * io.sluice.log.TemplateLog}, then {@code Shard}.
 */
@NullMarked
package io.sluice.log;

import org.jspecify.annotations.NullMarked;
