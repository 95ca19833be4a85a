package io.sluice.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.log.Epochs;
import io.sluice.log.Event;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.History;
import io.sluice.log.Leadership;
import io.sluice.log.LogSetup;
import io.sluice.log.Receipt;
import io.sluice.testing.process.RedisServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A follower of a log in a real Redis, without a stream. */
@Timeout(60)
@ExtendWith(VertxExtension.class)
class RedisFollowerTest {

    /** After FLUSHALL the position of an acknowledged event may never come. Its wait stayed until the log was closed. */
    @Test
    void theWaitForAnEventThatNeverComesEnds(Vertx vertx, @TempDir Path directory) throws Exception {
        try (RedisServer redis = RedisServer.start(directory)) {
            ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
            FirstEpochs seen = new FirstEpochs();
            RedisUri uri = new RedisUri(redis.uri());
            RedisClient client = RedisClient.connect(vertx, uri).await();
            LogSetup setup = new LogSetup(context, "events", History.DEFAULT, Duration.ZERO, seen, seen);
            RedisFollower follower = new RedisFollower(setup, client, new RedisKeys("events"));
            Promise<Integer> left = Promise.promise();
            context.runOnContext(v -> follower.open()
                    .compose(opened -> {
                        EventId never = new EventId(seen.epochs.join().newest(), 99);
                        Future<Void> reached = follower.awaitRead(List.of(new Receipt(never, 1, 0)));
                        assertEquals(1, follower.waiting());
                        return reached;
                    })
                    .map(reached -> follower.waiting())
                    .eventually(follower::close)
                    .eventually(client::close)
                    .onComplete(left));
            assertEquals(0, left.future().await());
            assertTrue(seen.epochs.isDone());
        }
    }

    private static final class FirstEpochs implements EventLog.Follower, Leadership {

        final CompletableFuture<Epochs> epochs = new CompletableFuture<>();

        @Override
        public void reset(Epochs begun, long n, List<Event> latest, List<Event> kept) {
            epochs.complete(begun);
        }

        @Override
        public void beginEpoch(Epochs begun) {}

        @Override
        public void append(List<Event> events) {}

        @Override
        public Future<Void> lead() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> stepDown() {
            return Future.succeededFuture();
        }
    }
}
