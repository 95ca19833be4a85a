/**
 * From a stream's journal to its clients, as Server-Sent Events (WHATWG HTML 9.2).
 *
 * <pre>
 *   GET /chat/42 --> SseHandler           StreamRequest: query and headers; Authorizer: the client's rights
 *                    Reception            StreamSource: the stream, DeclaredStream | TemplateStreams
 *                       |                    ProblemResponse: a wrong request; ResponseHead: the head of the others
 *               SubscriptionRequest       what the client asks for, and until when it may have it
 *                       |
 *                      Hub                one door in, one door out, for all streams of a handler; Hubs: one per event loop
 *                       |                    SubscriptionLimits: how many; StartPosition: from where; Positions: which ids it may know
 *                       |                    SubscriptionTimers, TimingWheel: lifetime, heartbeat, dead socket
 *                       |                    LastWords, Drain, RetrySlots: the end, and who comes back when
 *                       |                    Subscribers, Revocation, Sweep: what the application sees, and ends
 *                     Turns               wake-up (Waker), turn (TurnBudget): all streams share one
 *                    /     \
 *             Delivery      CatchUp       of each stream that has subscribers (Deliveries) | those behind, of all streams
 *            LiveSlice     Backlog        what is new, to the live ones | each reads on from its Cursor, tells gaps
 *            Audiences        |           by filter; a Crowd of them is found by PatternIndex
 *            Audience         |           joined once, written to each
 *                |            |           RatedGroups, RatedGroup: those with a rate, when RateTimer says; Conflation, Pace: what they get, and when
 *                    \     /
 *                  BlockWriter            writes, counts, cuts off
 *                       |                    SlowClients, SharedSlices, PendingBytes: count what waits; Relief: ends the slowest
 *                   FrameBatch            blocks that go out together: frames (SseFormat), SseWords
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
