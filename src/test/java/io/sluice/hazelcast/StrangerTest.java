package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.cluster.Address;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.sluice.testing.cluster.InJvmCluster;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a stranger that reaches the port of a cluster can have a node do. */
@Timeout(60)
class StrangerTest {

    private static final AtomicInteger MADE = new AtomicInteger();

    /** A class that does something when it is read. */
    private static final class Gadget implements Serializable {

        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            MADE.incrementAndGet();
            in.defaultReadObject();
        }
    }

    @Test
    void anObjectOfAClassThatNobodyNeedsIsNotMade() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster()) {
            IMap<String, Object> theirs = InJvmCluster.hazelcast(cluster.join()).getMap("shared");
            IMap<String, Object> ours = InJvmCluster.hazelcast(cluster.join()).getMap("shared");
            theirs.set("gadget", new Gadget());
            theirs.set("gadgets", List.of(new Gadget()));
            assertThrows(HazelcastSerializationException.class, () -> ours.get("gadget"));
            assertThrows(HazelcastSerializationException.class, () -> ours.get("gadgets"));
            assertEquals(0, MADE.get());
            theirs.set("text", List.of("a", 1L));
            assertEquals(List.of("a", 1L), ours.get("text"));
        }
    }

    @Test
    void aPortBeyondLoopbackIsWorthAWarning() throws Exception {
        assertFalse(HazelcastMembers.isBeyondLoopback(new Address("127.0.0.1", 5701)));
        assertFalse(HazelcastMembers.isBeyondLoopback(new Address("::1", 5701)));
        assertTrue(HazelcastMembers.isBeyondLoopback(new Address("192.0.2.7", 5701)));
    }
}
