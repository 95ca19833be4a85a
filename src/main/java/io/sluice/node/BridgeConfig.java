package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.bridge.BridgeSettings;
import io.sluice.log.Batch;
import io.sluice.log.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ways from programs that are not on the JVM to the bus.
 *
 * @param tcp the TCP event-bus bridge
 */
record BridgeConfig(Tcp tcp) {

    @JsonCreator
    static BridgeConfig of(@JsonProperty("tcp") @Nullable Tcp tcp) {
        require(tcp != null, "tcp", "nothing", "an object");
        return new BridgeConfig(Objects.requireNonNull(tcp));
    }

    /**
     * @param host the address to listen on; default this machine alone, since the bridge has no authentication
     * @param port 0 to 65535, 0 for any that is free; default 7000
     * @param inbound which addresses clients may send and publish to; default none
     * @param outbound which addresses clients may listen at; default none
     * @param maxFrame the largest frame that a client may send, up to 16 MB; default 256 kB
     */
    record Tcp(String host, Integer port, List<String> inbound, List<String> outbound, ByteSize maxFrame) {

        private static final ByteSize MIN_FRAME = new ByteSize(1 << 10);
        /** As the largest event over HTTP. */
        private static final ByteSize DEFAULT_FRAME = new ByteSize(256 << 10);

        Tcp {
            require(!host.isBlank(), "host", '"' + host + '"', "an address or a host name");
            require(port >= 0 && port <= 65535, "port", port, "a whole number from 0 to 65535");
            inbound = List.copyOf(inbound);
            outbound = List.copyOf(outbound);
            requireAddresses("inbound", inbound);
            requireAddresses("outbound", outbound);
            require(
                    !inbound.isEmpty() || !outbound.isEmpty(),
                    "inbound",
                    "[]",
                    "an address, here or in outbound: this bridge permits nothing");
            requireNoStream(outbound);
            require(
                    maxFrame.bytes() >= MIN_FRAME.bytes() && maxFrame.bytes() <= Batch.MAX_SIZE.bytes(),
                    "maxFrame",
                    maxFrame,
                    "1kB to 16MB");
        }

        @JsonCreator
        static Tcp of(
                @JsonProperty("host") @Nullable String host,
                @JsonProperty("port") @Nullable Integer port,
                @JsonProperty("inbound") @Nullable List<String> inbound,
                @JsonProperty("outbound") @Nullable List<String> outbound,
                @JsonProperty("maxFrame") @Nullable ByteSize maxFrame) {
            return new Tcp(
                    Objects.requireNonNullElse(host, "127.0.0.1"),
                    Objects.requireNonNullElse(port, 7000),
                    Objects.requireNonNullElse(inbound, List.of()),
                    Objects.requireNonNullElse(outbound, List.of()),
                    Objects.requireNonNullElse(maxFrame, DEFAULT_FRAME));
        }

        BridgeSettings settings(Duration deadAfter) {
            return new BridgeSettings(host, port, inbound, outbound, (int) maxFrame.bytes(), deadAfter);
        }

        private static void requireAddresses(String option, List<String> patterns) {
            for (int i = 0; i < patterns.size(); i++) {
                String pattern = patterns.get(i);
                require(
                        BridgeSettings.isAddressPattern(pattern),
                        option + "[" + i + "]",
                        '"' + pattern + '"',
                        "a bus address, or a pattern such as \"prices.*\" or \"prices.>\" whose first part is no wildcard");
                require(patterns.indexOf(pattern) == i, option + "[" + i + "]", '"' + pattern + '"', "each once");
            }
        }

        /** A listener at a stream's own address would take every other request from the stream. */
        private static void requireNoStream(List<String> outbound) {
            for (int i = 0; i < outbound.size(); i++) {
                require(
                        !outbound.get(i).matches("sluice|sluice\\.(?!signals\\.|presence\\.).*"),
                        "outbound[" + i + "]",
                        '"' + outbound.get(i) + '"',
                        "another address: requests to a stream are the stream's to answer");
            }
        }
    }
}
