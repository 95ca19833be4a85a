package io.sluice.sse;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A path that keeps its bytes, and is full when the test says so. */
final class FakeWritePath implements WritePath {

    final Buffer written = Buffer.buffer();
    boolean full;
    boolean ending;
    boolean ended;
    boolean aborted;
    long unsent;
    int looks;
    Runnable onWrite = () -> {};

    /** Opens at the end. */
    final CountDownLatch closed = new CountDownLatch(1);

    private int taken;
    private @Nullable Listener listener;
    final Runnable drained = () -> Objects.requireNonNull(listener).drained();
    final Runnable gone = () -> Objects.requireNonNull(listener).gone();

    /** A subscription without an end, to a socket like this. */
    static Subscription subscription(long id, Audience audience) {
        SubscriptionRequest request = Wishes.lasting(Duration.ZERO, audience.filter, null, Replay.LAST, "");
        return new Subscription(id, new FakeWritePath(), FakeStream.delivery(), audience, request, 0);
    }

    @Override
    public void connect(Listener listener) {
        this.listener = listener;
    }

    @Override
    public boolean isFull() {
        looks++;
        return full;
    }

    @Override
    public int room() {
        return full ? 0 : Integer.MAX_VALUE;
    }

    @Override
    public long progress() {
        return unsent;
    }

    @Override
    public long pending() {
        return unsent;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public void write(FrameBatch blocks) {
        write(blocks.body());
    }

    private void write(Buffer blocks) {
        if (ended) {
            throw new IllegalStateException("written to after its end");
        }
        written.appendBuffer(blocks);
        onWrite.run();
    }

    @Override
    public Future<Void> end(byte[] lastWords) {
        ending = true;
        write(Buffer.buffer(lastWords));
        ended = true;
        closed.countDown();
        return Future.succeededFuture();
    }

    /** The text written since the last call. */
    String take() {
        String text = written.getString(taken, written.length());
        taken = written.length();
        return text;
    }
}
