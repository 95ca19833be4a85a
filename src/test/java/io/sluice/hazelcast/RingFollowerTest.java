package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.hazelcast.LogRecord.Appended;
import io.sluice.hazelcast.LogRecord.Position;
import io.sluice.hazelcast.Ring.Slot;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.NewEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A follower of a ring that is a list, without a cluster. */
@Timeout(20)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class RingFollowerTest {

    private static final Epochs EPOCHS = Epochs.startingAt(new EventId("a", 0));

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final ListRing ring = new ListRing();
    private Vertx vertx;
    private ContextInternal context;
    private RingFollower follower;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        context = (ContextInternal) vertx.getOrCreateContext();
        follower = new RingFollower(
                context, "events", ring, new RecordFilter(null, new RecordingOutput()), new RecordingListener());
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void readsTheOldRecordsAndThenTheNewOnes() throws Exception {
        add(event(1), position(1));
        started().await();
        assertSeen("begin 0", "1");
        add(event(2), position(2));
        assertSeen("2");
    }

    /** A backup that missed a batch has holes; the follower divided by the number of bytes that it had read. */
    @Test
    void aReadOfHolesOnlyDoesNotStopIt() throws Exception {
        add(hole(), hole());
        started().await();
        add(hole());
        add(event(1), position(1));
        assertSeen("begin 0", "1");
    }

    @Test
    void bytesThatAreNoRecordArePassedOver() throws Exception {
        add(Buffer.buffer(new byte[] {99, 1, 2}), event(1), truncated(event(2)), withHugeText(), position(1));
        started().await();
        assertSeen("begin 0", "1");
    }

    /** It was a warning for each record, and the journal no longer that of the log. */
    @Test
    void aBrokenInvariantBehindItStopsItAndIsToldOnce() throws Exception {
        add(event(1), position(1));
        started().await();
        assertSeen("begin 0", "1");
        add(event(2), event(RecordingOutput.BROKEN), position(RecordingOutput.BROKEN));
        assertSeen("2", "failed: broken");
        add(event(4), position(4));
        vertx.timer(200, TimeUnit.MILLISECONDS).await();
        assertTrue(seen.isEmpty(), seen.toString());
    }

    @Test
    void aBrokenInvariantInTheFirstReadFailsTheStart() {
        add(event(RecordingOutput.BROKEN), position(RecordingOutput.BROKEN));
        Future<Void> started = started();
        assertEquals(
                "broken",
                assertThrows(IllegalStateException.class, started::await).getMessage());
    }

    private Future<Void> started() {
        Promise<Void> started = Promise.promise();
        context.runOnContext(v -> follower.start().onComplete(started));
        return started.future();
    }

    private void add(Buffer... records) {
        context.runOnContext(v -> ring.add(List.of(records)));
    }

    private void assertSeen(String... expected) throws InterruptedException {
        for (String one : expected) {
            assertEquals(one, seen.poll(5, TimeUnit.SECONDS));
        }
    }

    private static Buffer hole() {
        return Buffer.buffer();
    }

    private static Buffer event(long n) {
        NewEvent event = new NewEvent("t", null, "{}");
        return encoded(new Appended(1, new EventId("a", n), Instant.ofEpochMilli(n), event, false, null));
    }

    private static Buffer position(long n) {
        return encoded(new Position(1, EPOCHS, n));
    }

    private static Buffer encoded(LogRecord record) {
        return Buffer.buffer(LogRecord.encode(record));
    }

    private static Buffer truncated(Buffer record) {
        return record.getBuffer(0, record.length() - 3);
    }

    /** An event whose epoch says that it is 2 GB long. */
    private static Buffer withHugeText() {
        return event(1).copy().setInt(1 + Long.BYTES + Integer.BYTES, Integer.MAX_VALUE - 8);
    }

    private final class RecordingListener implements RingFollower.Listener {

        @Override
        public void progressed() {}

        @Override
        public void historyLost() {
            seen.add("lost");
        }

        @Override
        public void failed(Throwable cause) {
            seen.add("failed: " + cause.getMessage());
        }
    }

    private final class RecordingOutput implements RecordFilter.Output {

        static final long BROKEN = 3;

        @Override
        public void rebase(Epochs epochs, long position) {
            seen.add("begin " + position);
        }

        @Override
        public void beginEpoch(Epochs epochs) {
            seen.add("go on " + epochs);
        }

        @Override
        public void deliver(List<Appended> submission) {
            long n = submission.get(0).id().n();
            if (n == BROKEN) {
                throw new IllegalStateException("broken");
            }
            seen.add(String.valueOf(n));
        }
    }

    /** On the context only. */
    private final class ListRing implements RingFollower.Source {

        private final List<Slot> slots = new ArrayList<>();
        private @Nullable Runnable waiting;

        void add(List<Buffer> records) {
            records.forEach(record -> slots.add(new Slot(slots.size(), record)));
            Runnable reader = waiting;
            waiting = null;
            if (reader != null) {
                reader.run();
            }
        }

        @Override
        public Future<List<Slot>> read(long from, boolean wait, int max) {
            Promise<List<Slot>> read = context.promise();
            if (wait && from >= slots.size()) {
                waiting = () -> read.complete(next(from, max));
            } else {
                read.complete(next(from, max));
            }
            return read.future();
        }

        private List<Slot> next(long from, int max) {
            return List.copyOf(slots.subList((int) from, (int) Math.min(slots.size(), from + max)));
        }

        @Override
        public int maxRecords() {
            return 1000;
        }
    }
}
