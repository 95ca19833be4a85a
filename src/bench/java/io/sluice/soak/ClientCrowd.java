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
import java.util.function.Supplier;

/** Thousands of clients on one thread. Each that leaves makes room for the next one. */
final class ClientCrowd implements Runnable {

    private static final int RAMP_MILLIS = 10_000;
    private static final int HOSTILE_PERCENT = 12;
    private static final int COMPLAINTS_EVERY_MILLIS = 1000;

    private record Task(long at, Runnable action) {}

    private final InetSocketAddress address;
    private final long millis;
    private final Random random;
    private final SoakCounters counters;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    private final Queue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));
    private final Set<SoakClient> visitors = new HashSet<>();
    private boolean over;

    ClientCrowd(InetSocketAddress address, long millis, Random random, SoakCounters counters) throws IOException {
        this.address = address;
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

    /** Has a number of clients come, one after the other, when the crowd begins to run. */
    ClientCrowd invite(int size, Supplier<? extends SoakClient> visitors) {
        int ramp = (int) Math.min(RAMP_MILLIS, millis / 4);
        for (int i = 0; i < size; i++) {
            after(random.nextInt(ramp), () -> welcome(visitors.get()));
        }
        return this;
    }

    /** A visitor has left for good. Another one takes its place. */
    void left(SoakClient visitor) {
        if (visitors.remove(visitor) && !over) {
            after(visitor.rest(), () -> welcome(visitor.successor()));
        }
    }

    /** A client of the mixed kind: one of eight or so is hostile. */
    SoakClient anyone() {
        return random.nextInt(100) < HOSTILE_PERCENT ? new HostileClient(this) : new HonestClient(this);
    }

    private void welcome(SoakClient visitor) {
        visitors.add(visitor);
        visitor.come();
    }

    /** Runs on a thread of its own. Whatever stops it is an error. */
    Thread start() {
        Thread thread = new Thread(this, "crowd");
        thread.setUncaughtExceptionHandler((crowd, e) -> {
            e.printStackTrace();
            counters.error("the crowd stops: " + e);
        });
        thread.start();
        return thread;
    }

    @Override
    public void run() {
        long end = now() + millis;
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
