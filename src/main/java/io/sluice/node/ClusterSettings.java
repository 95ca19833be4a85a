package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.auth.Secret;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the node finds and trusts its cluster.
 *
 * @param name of the cluster; nodes of another name are none of it; default {@code sluice}
 * @param secret that its nodes share, or null
 */
record ClusterSettings(String name, @Nullable Secret secret) {

    static final ClusterSettings DEFAULT = of(null, null);

    ClusterSettings {
        require(
                name.matches("[A-Za-z0-9._-]{1,64}"),
                "name",
                '"' + name + '"',
                "1 to 64 letters, digits and characters of \"._-\"");
    }

    @JsonCreator
    static ClusterSettings of(
            @JsonProperty("name") @Nullable String name, @JsonProperty("secret") @Nullable Secret secret) {
        return new ClusterSettings(Objects.requireNonNullElse(name, "sluice"), secret);
    }
}
