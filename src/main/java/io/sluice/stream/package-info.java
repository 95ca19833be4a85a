/**
 * What a stream is, apart from any protocol: its events, their order, and a bounded window on them in memory.
 *
 * <pre>
 *   bus addresses    {@link io.sluice.stream.Stream#publish}
 *         |                  |
 *         v                  v
 *      Intake ---------> Ingest            one per stream; one batch in flight; bounded
 *                            |
 *                            v
 *                        EventLog          decides the order, gives the id, keeps the history
 *                            |
 *                            v
 *                        Journal           encodes each event once into a Frame, in a ring
 *                       /   |   \          wakes each reader, at most one wake-up pending
 *                      v    v    v
 *                   readers, one per event loop (io.sluice.sse.Hub)
 * </pre>
 *
 * <p>Everything above the journal runs on one context, the stream's. The journal is where threads meet.
 *
 * <p>Read on in {@link io.sluice.stream.Journal}, then in {@code io.sluice.sse.Hub}.
 */
@NullMarked
package io.sluice.stream;

import org.jspecify.annotations.NullMarked;
