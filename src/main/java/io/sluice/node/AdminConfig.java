package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The listener for those who run the node: its numbers, its page, its health, and what can be changed while it runs.
 *
 * @param host the address to listen on; default this machine alone
 * @param port 0 to 65535, 0 for any free port; default 8081
 * @param ports the number of ports to try, from {@code port} upwards; if it is more than 1, those of {@link HttpConfig#ports} are none of
 *     them. Default 1
 */
record AdminConfig(String host, Integer port, Integer ports) {

    AdminConfig {
        require(!host.isBlank(), "host", '"' + host + '"', "an address or a host name");
        require(port >= 0 && port <= 65535, "port", port, "a whole number from 0 to 65535");
        require(ports >= 1 && port + ports <= 65536, "ports", ports, "a whole number from 1 to " + (65536 - port));
    }

    @JsonCreator
    static AdminConfig of(
            @JsonProperty("host") @Nullable String host,
            @JsonProperty("port") @Nullable Integer port,
            @JsonProperty("ports") @Nullable Integer ports) {
        return new AdminConfig(
                Objects.requireNonNullElse(host, "127.0.0.1"),
                Objects.requireNonNullElse(port, 8081),
                Objects.requireNonNullElse(ports, 1));
    }
}
