package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.log.Outcome.Ended;
import io.sluice.log.Outcome.Unknown;
import io.sluice.log.ShardCommand.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class OutcomesTest {

    private static final ShardCommand KEYED = ShardCommand.of(Kind.END, ShardCommand.LAST | ShardCommand.KEYED, 0);

    private final TestClock clock = new TestClock();
    private ContextInternal context;
    private Outcomes outcomes;

    @BeforeEach
    void open(Vertx vertx) {
        context = ((VertxInternal) vertx).createEventLoopContext();
        outcomes = new Outcomes(context, Duration.ZERO, clock);
    }

    @Test
    void anOutcomeIsFoundByItsTagWhenItComesLater() {
        long tag = on(outcomes::expect);
        Future<Outcome> waiting = on(() -> outcomes.await(tag));
        assertFalse(waiting.isComplete());
        settle(ShardCommand.of(Kind.END, ShardCommand.LAST, tag + 1), 1, new Unknown());
        settle(ShardCommand.of(Kind.END, ShardCommand.LAST, tag), 2, new Ended());
        assertEquals(new Ended(), waiting.await());
    }

    @Test
    void anOutcomeIsFoundByItsTagWhenItCameBefore() {
        long tag = on(outcomes::expect);
        settle(ShardCommand.of(Kind.END, ShardCommand.LAST, tag), 2, new Ended());
        assertEquals(new Ended(), on(() -> outcomes.await(tag)).await());
    }

    @Test
    void allThatSentTheSameKeyHaveItsOutcome() {
        Future<Outcome> first = on(() -> outcomes.awaitAt(7));
        Future<Outcome> second = on(() -> outcomes.awaitAt(7));
        settle(KEYED, 7, new Ended());
        assertEquals(new Ended(), first.await());
        assertEquals(new Ended(), second.await());
        assertEquals(new Ended(), on(() -> outcomes.awaitAt(7)).await());
    }

    /** A key that the log does not remember still has a sender, who asks a moment later. */
    @Test
    void anOutcomeOfAKeyIsThereForItsSenderThoughKeysAreNotRemembered() {
        settle(KEYED, 7, new Ended());
        clock.advance(Duration.ofSeconds(1));
        settle(KEYED, 8, new Unknown());
        assertEquals(new Ended(), on(() -> outcomes.awaitAt(7)).await());
    }

    @Test
    void whoWaitsWhenTheLogClosesIsToldSo() {
        long tag = on(outcomes::expect);
        Future<Outcome> byTag = on(() -> outcomes.await(tag));
        Future<Outcome> byPosition = on(() -> outcomes.awaitAt(7));
        on(() -> {
            outcomes.close();
            return true;
        });
        assertThrows(OutcomeUnknownException.class, byTag::await);
        assertThrows(OutcomeUnknownException.class, byPosition::await);
        assertThrows(OutcomeUnknownException.class, () -> on(() -> outcomes.await(tag))
                .await());
    }

    private void settle(ShardCommand command, long position, Outcome outcome) {
        on(() -> {
            outcomes.settle(command, position, outcome);
            return true;
        });
    }

    private <T> T on(Supplier<T> step) {
        CompletableFuture<T> result = new CompletableFuture<>();
        context.runOnContext(v -> result.complete(step.get()));
        return result.join();
    }
}
