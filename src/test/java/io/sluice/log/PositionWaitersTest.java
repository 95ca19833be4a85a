package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Waits for a position end when it is reached, and in time when it is not. */
@ExtendWith(VertxExtension.class)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class PositionWaitersTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private ContextInternal context;
    private PositionWaiters waiters;

    @BeforeEach
    void start(Vertx vertx) {
        context = (ContextInternal) vertx.getOrCreateContext();
        waiters = new PositionWaiters(context);
    }

    @Test
    void aWaitCompletesAtItsPositionOrALaterOne() {
        onContext(() -> {
            Future<Void> second = waiters.await(2, LONG);
            Future<Void> fourth = waiters.await(4, LONG);
            waiters.complete(1);
            assertFalse(second.isComplete());
            waiters.complete(3);
            assertTrue(second.succeeded());
            assertFalse(fourth.isComplete());
            waiters.complete(4);
            assertTrue(fourth.succeeded());
            return Future.succeededFuture();
        });
    }

    @Test
    void waitsCompleteInTheOrderOfTheirPositions() {
        List<String> order = new ArrayList<>();
        onContext(() -> {
            Future<Void> last = waiters.await(9, LONG).onSuccess(v -> order.add("9"));
            waiters.await(3, LONG).onSuccess(v -> order.add("3a"));
            waiters.await(7, LONG).onSuccess(v -> order.add("7"));
            waiters.await(3, LONG).onSuccess(v -> order.add("3b"));
            waiters.complete(9);
            return last;
        });
        assertEquals(List.of("3a", "3b", "7", "9"), order);
    }

    /** An expired wait stayed in the list until the log was closed. */
    @Test
    void aWaitWhosePositionNeverComesFailsInTimeAndLeavesNothing() {
        onContext(() -> {
            Future<Void> never = waiters.await(5, Duration.ofMillis(20));
            Future<Void> other = waiters.await(5, LONG);
            return never.transform(done -> {
                assertInstanceOf(TimeoutException.class, done.cause());
                assertEquals("position 5 was not reached in time", done.cause().getMessage());
                assertEquals(1, waiters.size());
                waiters.complete(5);
                assertEquals(0, waiters.size());
                return other;
            });
        });
    }

    @Test
    void aWaitThatIsOverHasNoTimerAnyMore() {
        onContext(() -> {
            Future<Void> reached = waiters.await(1, Duration.ofMillis(20));
            waiters.complete(1);
            return context.timer(60).compose(v -> reached);
        });
    }

    @Test
    void aCloseFailsAllOfThem() {
        onContext(() -> {
            Future<Void> one = waiters.await(1, LONG);
            Future<Void> two = waiters.await(2, LONG);
            waiters.fail(new IllegalStateException("closed"));
            assertEquals("closed", one.cause().getMessage());
            assertEquals("closed", two.cause().getMessage());
            assertEquals(0, waiters.size());
            return Future.succeededFuture();
        });
    }

    private void onContext(Supplier<Future<Void>> task) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            try {
                task.get().onComplete(done);
            } catch (Throwable e) {
                done.fail(e);
            }
        });
        done.future().await();
    }
}
