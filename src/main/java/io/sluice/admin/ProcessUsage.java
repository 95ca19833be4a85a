package io.sluice.admin;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.TimeUnit;

/** What the process uses of its machine. Any thread; counting the open files takes a while where there are many. */
public final class ProcessUsage {

    /** In less time the clock of the processors is too coarse. */
    private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    // Guarded by this:
    private long seenAt = System.nanoTime();
    private long seenBusy = busy();
    private double cpu;

    /** What the process has used of all processors between two calls, 0 to 1; of calls that follow too soon, the first one's. */
    public synchronized double cpu() {
        long now = System.nanoTime();
        if (now - seenAt >= MIN_NANOS) {
            long busy = busy();
            double share = (double) (busy - seenBusy) / (now - seenAt);
            cpu = Math.min(share / Runtime.getRuntime().availableProcessors(), 1);
            seenAt = now;
            seenBusy = busy;
        }
        return cpu;
    }

    private static long busy() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    public NodeReport.Heap heap() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new NodeReport.Heap(heap.getUsed(), Math.max(heap.getMax(), 0));
    }

    /** Memory outside of the heap that buffers hold: what the JDK counts, and what Netty takes past it. */
    public long direct() {
        long counted = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return Math.max(counted, 0) + Math.max(PlatformDependent.usedDirectMemory(), 0);
    }

    public NodeReport.Files files() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? new NodeReport.Files(unix.getOpenFileDescriptorCount(), unix.getMaxFileDescriptorCount())
                : new NodeReport.Files(0, 0);
    }
}
