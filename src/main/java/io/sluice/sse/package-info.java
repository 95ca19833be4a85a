/**
 * From a stream's journal to its clients, as Server-Sent Events (WHATWG HTML 9.2).
 *
 * <pre>
 *   GET /events --> SseHandler     checks the request; one hub per event loop
 *                       |
 *                     Start        where the subscription begins: resume, replay, gap
 *                       |
 *                      Hub         the way of an event: wake-up, slice, delivery, catching up
 *                    /  |  \
 *         Audiences  SubscriptionTimers  Subscription
 *              |        |         |
 *           Blocks    Wheel    WritePath --> the client's socket
 * </pre>
 *
 * <p>Read {@link io.sluice.sse.Hub} first.
 */
@NullMarked
package io.sluice.sse;

import org.jspecify.annotations.NullMarked;
