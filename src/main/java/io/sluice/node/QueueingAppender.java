package io.sluice.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.spi.AppenderAttachableImpl;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A Logback appender in front of one that may block: standard output may be a pipe that nobody reads, and an event loop that logs
 * would stand still with it. A thread of its own writes. What finds no room is dropped and counted, and a line in its place says
 * how much. Any thread.
 *
 * <pre>{@code
 * <appender name="queue" class="io.sluice.node.QueueingAppender">
 *   <appender-ref ref="console"/>
 * </appender>
 * }</pre>
 *
 * <p>Logback's {@code AsyncAppender} does not say what it has dropped.
 */
public final class QueueingAppender extends UnsynchronizedAppenderBase<ILoggingEvent>
        implements AppenderAttachable<ILoggingEvent> {

    private static final int CAPACITY = 1024;
    private static final long FLUSH_MILLIS = 2000;

    private final AppenderAttachableImpl<ILoggingEvent> behind = new AppenderAttachableImpl<>();
    private final BlockingQueue<ILoggingEvent> queue = new LinkedBlockingQueue<>(CAPACITY);
    private final AtomicInteger dropped = new AtomicInteger();
    // Lines that were queued, and of these those that were written.
    private final AtomicLong queued = new AtomicLong();
    private final AtomicLong written = new AtomicLong();

    @Override
    public void start() {
        Thread thread = new Thread(this::write, "log");
        thread.setDaemon(true);
        super.start();
        thread.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.prepareForDeferredProcessing();
        int missing = dropped.getAndSet(0);
        if (missing > 0 && !enqueue(notice(missing))) {
            dropped.addAndGet(missing + 1);
        } else if (!enqueue(event)) {
            dropped.incrementAndGet();
        }
    }

    private boolean enqueue(ILoggingEvent event) {
        boolean hasRoom = queue.offer(event);
        if (hasRoom) {
            queued.incrementAndGet();
        }
        return hasRoom;
    }

    private ILoggingEvent notice(int missing) {
        Logger logger = ((LoggerContext) getContext()).getLogger(QueueingAppender.class);
        String message = missing + " lines of the log were dropped: its output was not read";
        return new LoggingEvent(QueueingAppender.class.getName(), logger, Level.WARN, message, null, null);
    }

    private void write() {
        try {
            while (isStarted() || !queue.isEmpty()) {
                ILoggingEvent event = queue.poll(1, TimeUnit.SECONDS);
                if (event != null) {
                    behind.appendLoopOnAppenders(event);
                    written.incrementAndGet();
                }
                int missing = queue.isEmpty() ? dropped.getAndSet(0) : 0;
                if (missing > 0) {
                    behind.appendLoopOnAppenders(notice(missing));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits, for a moment, until what was logged before is written. At the end of the process. */
    static void flushAll() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Iterator<Appender<ILoggingEvent>> all =
                    context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
            while (all.hasNext()) {
                if (all.next() instanceof QueueingAppender appender) {
                    appender.flush();
                }
            }
        }
    }

    private void flush() {
        long last = queued.get();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS);
        try {
            while (written.get() < last && System.nanoTime() - deadline < 0) {
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Not stopped is what is behind: it may be in the middle of a line that nobody reads. */
    @Override
    public void stop() {
        super.stop();
        flush();
    }

    @Override
    public void addAppender(Appender<ILoggingEvent> appender) {
        behind.addAppender(appender);
    }

    @Override
    public Iterator<Appender<ILoggingEvent>> iteratorForAppenders() {
        return behind.iteratorForAppenders();
    }

    @Override
    public @Nullable Appender<ILoggingEvent> getAppender(String name) {
        return behind.getAppender(name);
    }

    @Override
    public boolean isAttached(Appender<ILoggingEvent> appender) {
        return behind.isAttached(appender);
    }

    @Override
    public void detachAndStopAllAppenders() {
        behind.detachAndStopAllAppenders();
    }

    @Override
    public boolean detachAppender(Appender<ILoggingEvent> appender) {
        return behind.detachAppender(appender);
    }

    @Override
    public boolean detachAppender(String name) {
        return behind.detachAppender(name);
    }
}
