/**
 * The TCP event-bus bridge: programs that are not on the JVM publish, send, listen and answer on the event bus, over one TCP
 * connection each. It speaks the protocol of Vert.x' own TCP bridge, byte for byte.
 *
 * <pre>
 *   BridgeVerticle     the server; one per node, from BridgeSettings
 *         |
 *   BridgeClient       one per connection: its registrations, the requests that it may answer, the bytes that wait for it
 *         |
 *         +-- FrameReader       bytes to frames, none larger than allowed
 *         +-- Frame             one frame, checked
 *         +-- AddressPatterns   the addresses that are permitted, inbound and outbound
 * </pre>
 */
@NullMarked
package io.sluice.bridge;

import org.jspecify.annotations.NullMarked;
