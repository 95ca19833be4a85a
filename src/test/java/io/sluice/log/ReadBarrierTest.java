package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client saw an event at a node that died, and comes to one that has not read it yet. That must not look like a loss. */
@ExtendWith(VertxExtension.class)
class ReadBarrierTest {

    private static final EventId SECOND = new EventId("late", 2);

    @Test
    void whoKnowsWhatIsStillToComeWaitsForIt(Vertx vertx) {
        LateLog log = new LateLog(Duration.ofMinutes(1));
        EventStream stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT, log::create)
                .await();
        Future<Void> reached = stream.reach(SECOND);
        log.read(1);
        assertFalse(reached.isComplete());
        log.read(2);
        reached.await();
        assertNotNull(stream.journal().find(SECOND));
        stream.close().await();
    }

    @Test
    void butNoLongerThanItMayTake(Vertx vertx) {
        EventStream stream = EventStream.open(
                        vertx, "events", StreamOptions.DEFAULT, new LateLog(Duration.ofMillis(50))::create)
                .await();
        stream.reach(SECOND).await();
        assertNull(stream.journal().find(SECOND));
        stream.close().await();
    }

    @Test
    void whatIsThereAndWhatIsOfAnotherLogIsNotWaitedFor(Vertx vertx) {
        LateLog log = new LateLog(Duration.ofMinutes(1));
        EventStream stream = EventStream.open(vertx, "events", StreamOptions.DEFAULT, log::create)
                .await();
        log.read(1);
        assertTrue(stream.reach(new EventId("late", 1)).isComplete());
        assertTrue(stream.reach(new EventId("other", 2)).isComplete());
        stream.close().await();
    }

    @Test
    void aLogOfThisNodeAloneIsNeverLate(Vertx vertx) {
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        assertTrue(stream.reach(stream.journal().id(7)).isComplete());
        stream.close().await();
    }

    /** A log that another node writes, read when the test says so. */
    private static final class LateLog implements EventLog {

        private final Duration lag;
        private @Nullable Context context;
        private @Nullable Follower follower;

        LateLog(Duration lag) {
            this.lag = lag;
        }

        EventLog create(LogSetup setup) {
            context = setup.context();
            follower = setup.follower();
            return this;
        }

        @Override
        public Future<Receipt> append(Batch batch) {
            return Future.failedFuture("another node writes it");
        }

        @Override
        public Future<Void> open() {
            Objects.requireNonNull(follower).begin(Epochs.startingAt(SECOND.at(0)), 0, List.of());
            return Future.succeededFuture();
        }

        void read(long n) {
            Promise<Void> done = Promise.promise();
            Context on = context;
            Follower reader = follower;
            if (on == null || reader == null) {
                throw new IllegalStateException("it is not open");
            }
            on.runOnContext(v -> {
                reader.accept(List.of(Event.of(SECOND.at(n), Instant.now(), new NewEvent("t", null, "\"" + n + "\""))));
                done.complete();
            });
            done.future().await();
        }

        @Override
        public Duration lag() {
            return lag;
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }
}
