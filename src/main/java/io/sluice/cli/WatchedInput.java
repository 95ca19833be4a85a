package io.sluice.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The body of a response that is given up when nothing comes of it for too long: the other end may have vanished without a word. A
 * stream is silent for its heartbeat at most, unless that is off; then a client comes back now and then, and misses nothing.
 */
final class WatchedInput extends FilterInputStream {

    private volatile long readAt = System.nanoTime();
    private volatile boolean isClosed;
    private volatile boolean isSilent;

    WatchedInput(InputStream in, Duration patience) {
        super(in);
        Thread watch = new Thread(() -> watch(patience), "silence");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch(Duration patience) {
        try {
            long left = patience.toNanos();
            while (left > 0 && !isClosed) {
                TimeUnit.NANOSECONDS.sleep(left);
                left = readAt + patience.toNanos() - System.nanoTime();
            }
            isSilent = !isClosed;
            // Which ends a read in another thread.
            super.close();
        } catch (InterruptedException | IOException e) {
            // The command ends.
        }
    }

    /** Whether it was given up. */
    boolean isSilent() {
        return isSilent;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        readAt = System.nanoTime();
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        readAt = System.nanoTime();
        return read;
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        super.close();
    }
}
