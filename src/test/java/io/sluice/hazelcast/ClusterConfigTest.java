package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.sluice.log.InvalidOptionException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterConfigTest {

    private static final String SHIPPED = "conf/hazelcast.xml";

    @Test
    void withoutConfigurationTheMembersAreOnThisMachine() {
        Config config = ClusterConfig.config(new ClusterOptions(null, null, null, null));
        assertEquals("sluice", config.getClusterName());
        assertEquals(5701, ClusterConfig.endpoint(config).getPort());
        assertEquals(10, ClusterConfig.endpoint(config).getPortCount());
        JoinConfig join = config.getAdvancedNetworkConfig().getJoin();
        assertFalse(join.getMulticastConfig().isEnabled());
        assertFalse(join.getAutoDetectionConfig().isEnabled());
        assertEquals(List.of("127.0.0.1"), join.getTcpIpConfig().getMembers());
        assertEquals("10", config.getProperty("hazelcast.tcp.join.port.try.count"), "as many as it may listen on");
    }

    @Test
    void theBuiltInOneIsTheShippedFile() {
        Config builtIn = ClusterConfig.config(new ClusterOptions(null, null, null, null));
        Config shipped = ClusterConfig.config(new ClusterOptions(SHIPPED, null, null, null));
        assertEquals(shipped.getProperties(), builtIn.getProperties());
        assertEquals(shipped.getAdvancedNetworkConfig(), builtIn.getAdvancedNetworkConfig());
        assertEquals(shipped.getMapConfigs(), builtIn.getMapConfigs());
        assertEquals(shipped.getMultiMapConfigs(), builtIn.getMultiMapConfigs());
    }

    @Test
    void namedMembersTakeThePlaceOfThisMachine() {
        Config config = ClusterConfig.config(new ClusterOptions(null, "127.0.0.1:6701,no.such.invalid", null, null));
        assertEquals(
                List.of("127.0.0.1:6701", "no.such.invalid"),
                ClusterConfig.members(config).getMembers());
        assertEquals("127.0.0.1", config.getProperty("hazelcast.local.localAddress"));
        assertEquals(6701, ClusterConfig.endpoint(config).getPort());
        assertEquals(1, ClusterConfig.endpoint(config).getPortCount());
    }

    @Test
    void membersAreNamedInOnePlace() {
        assertEquals(
                "SLUICE_MEMBERS: \"a\": expected nothing beside -Dvertx.hazelcast.config, which names the members",
                assertThrows(
                                InvalidOptionException.class,
                                () -> ClusterConfig.config(new ClusterOptions(SHIPPED, "a", null, null)))
                        .getMessage());
    }
}
