package io.sluice.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import java.io.IOException;
import java.net.Socket;
import java.util.List;

/**
 * Has this member leave its own side of a cluster, with its data, and join another member's.
 *
 * <p>Hazelcast does the same by itself, but late: it looks for other sides every so often, one address after the other. And of two
 * sides of one size it picks one by their addresses. Here it is known which side has to give way. So this is the one class that calls
 * what is internal to Hazelcast: what Hazelcast runs itself when it has found a larger side.
 */
final class Rejoin {

    private static final int REACH_MILLIS = 500;

    private Rejoin() {}

    /**
     * Joins the first member that can be reached. Blocks for seconds.
     *
     * @param lost the addresses of former members
     * @return whether one could be reached; Hazelcast's lifecycle events tell what has come of it
     */
    static boolean toAnyOf(HazelcastInstance hazelcast, List<Address> lost) {
        for (Address address : lost) {
            if (isReachable(address) && hazelcast.getLifecycleService().isRunning()) {
                ((HazelcastInstanceProxy) hazelcast)
                        .getOriginal()
                        .node
                        .getClusterService()
                        .merge(address);
                return true;
            }
        }
        return false;
    }

    private static boolean isReachable(Address address) {
        try (Socket socket = new Socket()) {
            socket.connect(address.getInetSocketAddress(), REACH_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
