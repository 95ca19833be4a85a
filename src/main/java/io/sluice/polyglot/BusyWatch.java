package io.sluice.polyglot;

import io.sluice.polyglot.Turns.Turn;
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
 * Sees that a script does not come back to its event loop, and says which one and where it is. Vert.x says only that the event
 * loop is blocked, with the Java stack of GraalJS.
 *
 * <p>A script that runs costs two writes a turn for it. Only where one is late does the watch listen to its statements, until the
 * next of them tells the line; there is none while it waits in Java, whose stack tells then.
 */
final class BusyWatch implements AutoCloseable {

    /** As long as Vert.x waits before it warns. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(BusyWatch.class);
    private static final Duration LISTENING = Duration.ofSeconds(1);

    private static final ScheduledExecutorService THREAD = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sluice-script-watch");
        thread.setDaemon(true);
        return thread;
    });

    private final String script;
    private final Turns turns;
    private final Engine engine;
    private final Duration patience;
    private final Future<?> task;
    private @Nullable Turn said; // watch's thread only

    private BusyWatch(String script, Turns turns, Engine engine, Duration patience) {
        this.script = script;
        this.turns = turns;
        this.engine = engine;
        this.patience = patience;
        long period = Math.max(1, patience.toMillis() / 4);
        this.task = THREAD.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    static BusyWatch open(String script, Turns turns, Engine engine, Duration patience) {
        return new BusyWatch(script, turns, engine, patience);
    }

    private void look() {
        Turn turn = turns.current();
        if (said != null && !said.equals(turn)) {
            LOG.info("{} has let its event loop go", script);
            said = null;
        }
        if (turn == null || turn.equals(said) || turn.millis() < patience.toMillis()) {
            return;
        }
        said = turn;
        String line = statement(turn.thread()).map(Position::toString).orElseGet(() -> frame(turn.thread()));
        LOG.warn("{} has kept its event loop busy for {} ms, at {}, in {}", script, turn.millis(), line, turn.where());
    }

    private Optional<Position> statement(Thread thread) {
        CompletableFuture<Position> next = new CompletableFuture<>();
        ExecutionListener listener = ExecutionListener.newBuilder()
                .statements(true)
                .expressions(true) // a loop may have no statement
                .onEnter(event -> tell(event, thread, next))
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

    private static void tell(ExecutionEvent event, Thread thread, CompletableFuture<Position> next) {
        if (Thread.currentThread() == thread && !next.isDone()) {
            Position.of(event.getLocation()).ifPresent(next::complete);
        }
    }

    /** What Java does, from the script's own call of it. */
    private static String frame(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length == 0 ? "its end" : stack[0].getClassName() + '.' + stack[0].getMethodName();
    }

    @Override
    public void close() {
        task.cancel(false);
    }
}
