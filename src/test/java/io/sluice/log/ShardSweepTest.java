package io.sluice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ShardSweepTest implements ShardSweep.Expiry {

    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final Duration KEEP = Duration.ofHours(1);
    private static final Duration AGE = Duration.ofMinutes(1);

    private final TestClock clock = new TestClock();
    private final TemplateRules rules =
            new TemplateRules(History.of(null, AGE, null), Duration.ZERO, IDLE, KEEP, 100_000, true);
    private final NamedStreams streams = new NamedStreams(rules, clock);
    private final List<String> expired = new ArrayList<>();
    /** What other nodes say of all streams that are idle here. */
    private Future<Void> answer = Future.succeededFuture();

    private long usedElsewhereMillis = Long.MAX_VALUE;
    private boolean complete = true;
    private ContextInternal context;
    private ShardSweep sweep;

    @BeforeEach
    void open(Vertx vertx) {
        context = ((VertxInternal) vertx).createEventLoopContext();
        sweep = new ShardSweep(context, rules, streams, this, () -> complete, clock);
        sweep.lead();
    }

    @Override
    public Future<Void> askOthers(List<NamedStream> idle) {
        idle.forEach(stream -> streams.usedBefore(stream, usedElsewhereMillis));
        return answer;
    }

    /** As the shard's log does: later. */
    @Override
    public Future<?> expire(NamedStream stream) {
        Promise<Void> gone = context.promise();
        context.runOnContext(v -> {
            expired.add(stream.name());
            streams.deleted(stream, stream.hasEnded);
            gone.complete();
        });
        return gone.future();
    }

    @Test
    void aStreamWithoutAnEventForItsIdleTimeGoes() {
        make("42");
        clock.advance(IDLE.minusMillis(1));
        assertEquals(List.of(), sweep());
        clock.advance(Duration.ofMillis(1));
        assertEquals(List.of("42"), sweep());
        assertNull(streams.find("42"));
    }

    @Test
    void aStreamThatSomebodyWatchesStaysAndIsIdleFromWhenTheLastOneLeaves() {
        make("42");
        NamedStream watched = streams.watch("42");
        clock.advance(IDLE.multipliedBy(3));
        assertEquals(List.of(), sweep());
        streams.release(watched);
        clock.advance(IDLE.minusMillis(1));
        assertEquals(List.of(), sweep());
        clock.advance(Duration.ofMillis(1));
        assertEquals(List.of("42"), sweep());
    }

    @Test
    void anEndedStreamIsKeptForItsTimeWhoeverWatchesIt() {
        NamedStream ended = make("42");
        streams.watch("42");
        ended.hasEnded = true;
        clock.advance(KEEP.minusMillis(1));
        assertEquals(List.of(), sweep());
        clock.advance(Duration.ofMillis(1));
        assertEquals(List.of("42"), sweep());
        assertTrue(streams.hasGone("42"));
    }

    @Test
    void aNameThatIsWaitedForIsNoStreamThatCouldGo() {
        streams.watch("42");
        clock.advance(KEEP.multipliedBy(2));
        assertEquals(List.of(), sweep());
    }

    @Test
    void onlyTheNodeThatLeadsTheShardHasStreamsGo() {
        make("42");
        clock.advance(IDLE);
        sweep.stepDown();
        assertEquals(List.of(), sweep());
        sweep.lead();
        assertEquals(List.of("42"), sweep());
    }

    @Test
    void aStreamThatIsUsedAtAnotherNodeStays() {
        make("42");
        clock.advance(IDLE);
        usedElsewhereMillis = 1000;
        assertEquals(List.of(), sweep());
        usedElsewhereMillis = Long.MAX_VALUE;
        clock.advance(IDLE.minusMillis(1001));
        assertEquals(List.of(), sweep());
        clock.advance(Duration.ofMillis(1));
        assertEquals(List.of("42"), sweep());
    }

    @Test
    void whileOtherNodesDoNotAnswerNoStreamGoes() {
        make("42");
        clock.advance(IDLE);
        answer = Future.failedFuture("no answer");
        assertEquals(List.of(), sweep());
        answer = Future.succeededFuture();
        complete = false;
        assertEquals(List.of(), sweep(), "nor while the node has not got all of the streams");
        complete = true;
        assertEquals(List.of("42"), sweep());
    }

    @Test
    void thousandsGoInOneSweepAFewAtATime() {
        for (int i = 0; i < 5500; i++) {
            make("s" + i);
        }
        clock.advance(IDLE);
        assertEquals(5500, new TreeSet<>(sweep()).size());
        assertTrue(streams.all().isEmpty());
    }

    @Test
    void eventsThatAreTooOldGoToo() {
        NamedStream stream = make("42");
        EventId id = stream.journal().id(0).at(1);
        stream.writer().append(List.of(Event.of(id, Instant.EPOCH, new NewEvent("t", null, "x"))));
        clock.advance(AGE.plusMillis(1));
        sweep();
        assertEquals(0, stream.journal().contents().events());
    }

    @Test
    void aSweepThatWasStoppedLeavesTheRest() {
        make("42");
        clock.advance(IDLE);
        sweep.stop();
        assertEquals(List.of(), sweep());
    }

    private NamedStream make(String name) {
        NamedStream stream = streams.created(name);
        stream.writer().reset(Epochs.startingAt(EventId.fresh()), 0, List.of());
        return stream;
    }

    private List<String> sweep() {
        Promise<Void> done = context.promise();
        context.runOnContext(v -> sweep.sweep().onComplete(done));
        done.future().await();
        return List.copyOf(expired);
    }
}
