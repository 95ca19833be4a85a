package io.sluice.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Thousands of clients on one thread. Each that leaves makes room for the next one. */
final class ClientCrowd implements Runnable {

    private static final int RAMP_MILLIS = 10_000;
    private static final int COMPLAINTS_EVERY_MILLIS = 1000;

    private record Task(long at, Runnable action) {}

    private final InetSocketAddress address;
    private final int size;
    private final long millis;
    private final Random random;
    private final SoakCounters counters;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    private final Queue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));
    private final Set<SoakClient> visitors = new HashSet<>();
    private boolean over;

    ClientCrowd(InetSocketAddress address, int size, long millis, Random random, SoakCounters counters)
            throws IOException {
        this.address = address;
        this.size = size;
        this.millis = millis;
        this.random = random;
        this.counters = counters;
        this.selector = Selector.open();
    }

    InetSocketAddress address() {
        return address;
    }

    Selector selector() {
        return selector;
    }

    SoakCounters counters() {
        return counters;
    }

    Random random() {
        return random;
    }

    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Does something later, unless the soak is over by then. */
    void after(long delayMillis, Runnable action) {
        tasks.add(new Task(now() + delayMillis, action));
    }

    boolean isOver() {
        return over;
    }

    /** A visitor has left for good. */
    void left(SoakClient visitor) {
        if (visitors.remove(visitor) && !over) {
            after(random.nextInt(200), this::invite);
        }
    }

    private void invite() {
        SoakClient visitor = random.nextInt(100) < 12 ? new HostileClient(this) : new HonestClient(this);
        visitors.add(visitor);
        visitor.come();
    }

    @Override
    public void run() {
        long end = now() + millis;
        int ramp = (int) Math.min(RAMP_MILLIS, millis / 4);
        for (int i = 0; i < size; i++) {
            after(random.nextInt(ramp), this::invite);
        }
        after(COMPLAINTS_EVERY_MILLIS, this::hearComplaints);
        try {
            while (now() < end) {
                turn();
            }
            over = true;
            Set.copyOf(visitors).forEach(SoakClient::leave);
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void turn() throws IOException {
        Task next = tasks.peek();
        selector.select(Math.max(1, next == null ? 100 : next.at() - now()));
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid()) {
                ((Connection) key.attachment()).ready(buffer);
            }
        }
        selector.selectedKeys().clear();
        for (Task due = tasks.peek(); due != null && due.at() <= now(); due = tasks.peek()) {
            tasks.remove();
            due.action().run();
        }
    }

    private void hearComplaints() {
        long now = now();
        for (SoakClient visitor : visitors) {
            String complaint = visitor.complaint(now);
            if (!complaint.isEmpty()) {
                counters.error(complaint);
            }
        }
        after(COMPLAINTS_EVERY_MILLIS, this::hearComplaints);
    }
}
