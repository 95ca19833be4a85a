package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    void anObjectThatComesOverTheBusIsNotMadeEither() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster()) {
            Vertx theirs = cluster.join();
            Vertx ours = cluster.join();
            Queue<Object> heard = new ConcurrentLinkedQueue<>();
            ours.eventBus()
                    .consumer("objects", message -> {
                        try {
                            heard.add(message.body());
                        } catch (RuntimeException e) {
                            heard.add("refused");
                        }
                    })
                    .completion()
                    .await();
            theirs.eventBus().serializableChecker(any -> true);
            theirs.eventBus().publish("objects", new Gadget());
            theirs.eventBus().publish("objects", "a text");
            Await.await("the text", () -> heard.contains("a text"));
            assertEquals(0, MADE.get());
            assertTrue(List.of(List.of("refused", "a text"), List.of("a text")).contains(List.copyOf(heard)));
        }
    }

    @Test
    void aPortBeyondLoopbackIsWorthAWarning() {
        assertFalse(OpenPorts.isBeyondLoopback("127.0.0.1"));
        assertFalse(OpenPorts.isBeyondLoopback("::1"));
        assertTrue(OpenPorts.isBeyondLoopback("192.0.2.7"));
    }
}
