package io.sluice.node;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The files that this process may have open, {@code ulimit -n}. Each connection is one. */
final class OpenFiles {

    /** What a node opens beside its connections: its jar, selectors, files that are served, links to Redis and other nodes. */
    private static final int RESERVED = 256;

    private OpenFiles() {}

    /** How many there may be; {@link Long#MAX_VALUE} where nothing says so. */
    static long max() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /**
     * How many connections there may be, so that the process never runs out of files.
     *
     * @param wanted the configured limit, 0 for none
     * @param files the number of files that may be open
     */
    static int connections(int wanted, long files) {
        long possible = Math.max(files - RESERVED, files / 2);
        return (int) Math.min(wanted == 0 ? Integer.MAX_VALUE : wanted, possible);
    }
}
