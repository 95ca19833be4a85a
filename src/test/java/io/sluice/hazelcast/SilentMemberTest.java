package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A machine that hangs, while its system still takes connections for it. */
class SilentMemberTest {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** hazelcast#26473: the thread that waits for the answer would spin, and starve who else is written to by it. */
    @Test
    @Timeout(60)
    void nobodySpinsWhileItSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String name = "sluice-" + silent.getLocalPort();
            Config config = ClusterConfig.config(null, "127.0.0.1:" + silent.getLocalPort())
                    .setClusterName(name)
                    .setInstanceName(name)
                    .setProperty("hazelcast.max.join.seconds", "5")
                    .setProperty("hazelcast.logging.type", "none");
            ClusterConfig.endpoint(config).setPort(freePort());
            Thread member = new Thread(() -> run(config));
            member.setDaemon(true);
            member.start();
            try (Socket connected = silent.accept()) {
                Duration before = outputTime(name);
                TimeUnit.SECONDS.sleep(2);
                Duration spent = outputTime(name).minus(before);
                assertTrue(connected.isConnected() && spent.toMillis() < 500, "CPU time in 2 s: " + spent);
            }
            member.join();
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static void run(Config config) {
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        member.getLifecycleService().terminate();
    }

    /** CPU time of the threads with which it writes. */
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
