package io.sluice.polyglot;

import io.sluice.polyglot.ScriptCalls.Call;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.management.ExecutionEvent;
import org.graalvm.polyglot.management.ExecutionListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a script that keeps its event loop busy, with the line that it is at. Vert.x logs only that the event loop is blocked,
 * with the Java stack of GraalJS.
 *
 * <p>The watch costs a script two writes for each call. It listens to a script's statements only if a call is late; the next
 * statement tells the line. A script that waits in Java executes none, so the Java stack tells instead.
 */
final class BusyWatch implements AutoCloseable {

    /** Vert.x, too, warns after that time. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(BusyWatch.class);
    private static final Duration LISTENING = Duration.ofSeconds(1);

    private static final ScheduledExecutorService THREAD = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sluice-script-watch");
        thread.setDaemon(true);
        return thread;
    });

    private final String script;
    private final ScriptCalls calls;
    private final Engine engine;
    private final Duration patience;
    private final Future<?> task;
    /** The late call that was logged. The watch's thread only. */
    private @Nullable Call logged;

    private BusyWatch(String script, ScriptCalls calls, Engine engine, Duration patience) {
        this.script = script;
        this.calls = calls;
        this.engine = engine;
        this.patience = patience;
        long period = Math.max(1, patience.toMillis() / 4);
        this.task = THREAD.scheduleWithFixedDelay(this::check, period, period, TimeUnit.MILLISECONDS);
    }

    static BusyWatch open(String script, ScriptCalls calls, Engine engine, Duration patience) {
        return new BusyWatch(script, calls, engine, patience);
    }

    private void check() {
        Call call = calls.current();
        if (logged != null && !logged.equals(call)) {
            LOG.info("{} has let its event loop go", script);
            logged = null;
        }
        if (call == null || call.equals(logged) || call.millis() < patience.toMillis()) {
            return;
        }
        logged = call;
        String line = statement(call.thread()).map(Position::toString).orElseGet(() -> javaFrame(call.thread()));
        LOG.warn("{} has kept its event loop busy for {} ms, at {}, in {}", script, call.millis(), line, call.where());
    }

    /** The statement that the thread executes next, if it executes one. */
    private Optional<Position> statement(Thread thread) {
        CompletableFuture<Position> next = new CompletableFuture<>();
        ExecutionListener listener = ExecutionListener.newBuilder()
                .statements(true)
                // A loop may have no statement.
                .expressions(true)
                .onEnter(event -> note(event, thread, next))
                .attach(engine);
        try {
            return Optional.of(next.get(LISTENING.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            listener.close();
        }
    }

    private static void note(ExecutionEvent event, Thread thread, CompletableFuture<Position> next) {
        if (Thread.currentThread() == thread && !next.isDone()) {
            Position.of(event.getLocation()).ifPresent(next::complete);
        }
    }

    /** The Java method that the thread is in. */
    private static String javaFrame(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length == 0 ? "its end" : stack[0].getClassName() + '.' + stack[0].getMethodName();
    }

    @Override
    public void close() {
        task.cancel(false);
    }
}
