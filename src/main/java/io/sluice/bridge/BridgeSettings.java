package io.sluice.bridge;

import java.time.Duration;
import java.util.List;

/**
 * The settings of a bridge.
 *
 * @param host the address to listen on
 * @param port 0 to 65535, 0 for a free one
 * @param inbound the addresses, or patterns of addresses, that clients may publish and send to
 * @param outbound the addresses, or patterns of addresses, that clients may listen at
 * @param maxFrame the largest frame that a client may send, in bytes
 * @param deadAfter a peer that acknowledges nothing for so long is dead; the kernel of Linux closes its connection
 */
public record BridgeSettings(
        String host, int port, List<String> inbound, List<String> outbound, int maxFrame, Duration deadAfter) {

    /** The most objects and lists inside each other in a frame: Vert.x needs the stack of an event loop, 1 MB, for some 850. */
    public static final int MAX_LEVELS = 200;

    public BridgeSettings {
        inbound = List.copyOf(inbound);
        outbound = List.copyOf(outbound);
    }

    /** Whether the text is a bus address, or a pattern such as {@code prices.*} or {@code prices.>} with a literal first token. */
    public static boolean isAddressPattern(String text) {
        return AddressPatterns.isValid(text);
    }
}
