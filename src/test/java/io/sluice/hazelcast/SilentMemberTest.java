package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.sluice.testing.process.FreePorts;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A member on a machine that hangs, while its operating system still takes connections. */
class SilentMemberTest {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** hazelcast#26473: the thread that waits for the answer would spin, and starve the others to which it writes. */
    @Test
    @Timeout(60)
    void noThreadSpinsWhileAMemberSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String name = "sluice-" + silent.getLocalPort();
            Config config = ClusterConfig.config(
                            new ClusterOptions(null, "127.0.0.1:" + silent.getLocalPort(), null, null))
                    .setClusterName(name)
                    .setInstanceName(name)
                    .setProperty("hazelcast.max.join.seconds", "5")
                    .setProperty("hazelcast.logging.type", "none");
            ClusterConfig.endpoint(config).setPort(FreePorts.any());
            CompletableFuture<HazelcastInstance> member =
                    CompletableFuture.supplyAsync(() -> Hazelcast.newHazelcastInstance(config));
            try (Socket connected = silent.accept()) {
                Duration before = outputTime(name);
                awaitSilence(connected);
                Duration spent = outputTime(name).minus(before);
                assertTrue(spent.toMillis() < 500, "CPU time in 2 s: " + spent);
            }
            // It gives up, or begins alone once the silent one has gone.
            member.thenAccept(HazelcastInstance::shutdown)
                    .exceptionally(gaveUp -> null)
                    .join();
        }
    }

    /** Reads until nothing comes for 2 s, and answers nothing. */
    private static void awaitSilence(Socket connected) throws Exception {
        connected.setSoTimeout(2000);
        InputStream in = connected.getInputStream();
        assertThrows(SocketTimeoutException.class, () -> in.transferTo(OutputStream.nullOutputStream()));
    }

    /** CPU time of the threads that write. */
    private static Duration outputTime(String name) {
        List<Long> ids = Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("hz." + name + ".IO.thread-out"))
                .map(thread -> thread.getThreadId())
                .toList();
        assertTrue(!ids.isEmpty(), "it has threads that write");
        return Duration.ofNanos(
                ids.stream().mapToLong(THREADS::getThreadCpuTime).sum());
    }
}
