package io.sluice.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.core.HazelcastInstance;
import io.netty.util.NetUtil;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports of a member that take whoever reaches them. On loopback they are none: who is on the machine may do more than join.
 *
 * @param ports each with its address
 */
record OpenPorts(List<String> ports) {

    private static final Logger LOG = LoggerFactory.getLogger(OpenPorts.class);

    OpenPorts {
        ports = List.copyOf(ports);
    }

    /** Of the event bus of an application nobody knows what it asks for. */
    static OpenPorts of(HazelcastInstance hazelcast, ClusterManager manager) {
        List<String> open = new ArrayList<>();
        Address member = hazelcast.getCluster().getLocalMember().getAddress();
        boolean ours = manager instanceof NodeClusterManager;
        if (!(ours && ((NodeClusterManager) manager).isGuarded()) && isBeyondLoopback(member.getHost())) {
            open.add(describe("the cluster", member.getHost(), member.getPort()));
        }
        NodeInfo bus = manager.getNodeInfo();
        if (ours && !((NodeClusterManager) manager).isBusSecured() && isBeyondLoopback(bus.host())) {
            open.add(describe("the event bus", bus.host(), bus.port()));
        }
        return new OpenPorts(open);
    }

    private static String describe(String what, String host, int port) {
        return what + " at " + (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
    }

    static boolean isBeyondLoopback(String host) {
        @Nullable InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        return address == null ? !host.equals("localhost") : !address.isLoopbackAddress();
    }

    /** Says so in one line, if there are any. */
    void warn() {
        if (!ports.isEmpty()) {
            LOG.warn(
                    "whoever reaches {} can read and write all streams: set cluster.secret, and let a firewall keep strangers away",
                    String.join(" and ", ports));
        }
    }
}
