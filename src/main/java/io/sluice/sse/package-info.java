/**
 * From a stream's journal to its clients, as Server-Sent Events (WHATWG HTML 9.2).
 *
 * <pre>
 *   GET /events --> SseHandler            checks the request; one hub per event loop
 *                       |                    ProblemResponse: a wrong request; ResponseHead: the head of the others
 *               SubscriptionRequest       what the client asks for, and until when it may have it
 *                       |
 *                      Hub                one door in, one door out
 *                       |                    SubscriptionLimits: how many; StartPosition: from where
 *                       |                    SubscriptionTimers, TimingWheel: lifetime, heartbeat, dead socket
 *                       |                    Drain, RetrySlots: who comes back when
 *                   Delivery              the way of an event: wake-up (Waker), turn (TurnBudget), slice
 *                    /     \
 *            LiveSlice     CatchUp        what is new, to the live ones | those behind, each with a Cursor
 *            Audiences     Backlog        by filter, found by PatternIndex | reads on, tells gaps
 *            Audience         |           joined once, written to each
 *                    \     /
 *                  BlockWriter            writes, counts, cuts off
 *                       |                    SlowClients, SharedSlices, PendingBytes: count what waits; Relief: ends the slowest
 *                   FrameBatch            blocks that go out together: frames (SseFormat), ControlFrames
 *                       |
 *                   WritePath             DirectWritePath (with ChannelListener) | ResponseWritePath | Http2WritePath
 *                       |
 *               the client's socket       ClientSocket
 * </pre>
 *
 * <p>Read {@link io.sluice.sse.Delivery} first, then {@link io.sluice.sse.Hub}.
 */
@NullMarked
package io.sluice.sse;

import org.jspecify.annotations.NullMarked;
