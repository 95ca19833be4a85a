/**
 * What a stream is, apart from any protocol: its events, their order, and a bounded window on them in memory.
 *
 * <pre>
 *   bus addresses    {@link io.sluice.stream.EventStream#publish}
 *         |                  |
 *         v                  v
 *      BusConsumers ---------> AppendQueue            one per stream; one batch in flight; bounded
 *                            |
 *                            v
 *                        EventLog          decides the order, gives the id, encodes each event once, keeps the history
 *                            |
 *                            v
 *                        Journal           the newest events, in a ring
 *                       /   |   \          wakes each reader
 *                      v    v    v
 *                   readers, one per event loop (io.sluice.sse.Hub)
 * </pre>
 *
 * <p>Everything above the journal runs on one context, the stream's. The journal is where threads meet.
 *
 * <p>Read on in {@link io.sluice.log.Journal}, then in {@code io.sluice.sse.Hub}.
 */
@NullMarked
package io.sluice.stream;

import org.jspecify.annotations.NullMarked;
