/**
 * For users: a stream and its options, a template of streams, and publishing.
 *
 * <pre>
 *   bus addresses       EventStream.publish
 *        |                   |
 *        v                   |
 *   BusConsumers ----------> +          at the node that leads the stream
 *                            v
 *                        EventLog       decides the order, gives the ids, keeps the history (io.sluice.log)
 *                            |
 *                            v
 *                        Journal        the newest events in a ring, each encoded once a format
 *                       /   |   \       wakes each reader
 *                      v    v    v
 *                   readers, one per event loop (io.sluice.sse.Delivery)
 * </pre>
 *
 * <p>Everything above the journal runs on one context, the stream's. Threads meet in the journal.
 *
 * <p>Streams by name are alike: {@link StreamBus} takes their messages, and gives them to {@link StreamTemplate}. Towards the
 * producers go {@link Presence} and {@link Signals}.
 *
 * <p>Read on in {@link io.sluice.log.Journal}, then in {@code io.sluice.sse.Delivery}.
 */
@NullMarked
package io.sluice.stream;

import org.jspecify.annotations.NullMarked;
