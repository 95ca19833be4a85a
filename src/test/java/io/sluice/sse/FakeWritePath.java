package io.sluice.sse;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Keeps what it is given, and is full when the test says so. */
final class FakeWritePath implements WritePath {

    final Buffer written = Buffer.buffer();
    boolean full;
    boolean ended;
    boolean aborted;
    long unsent;
    Runnable onWrite = () -> {};
    Runnable drained = () -> {};

    @Override
    public void connect(Runnable drained, Runnable gone) {
        this.drained = drained;
    }

    @Override
    public boolean isFull() {
        return full;
    }

    @Override
    public long unsent() {
        return unsent;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public void write(Buffer blocks) {
        if (ended) {
            throw new IllegalStateException("written to after its end");
        }
        written.appendBuffer(blocks);
        onWrite.run();
    }

    @Override
    public Future<Void> end(Buffer blocks) {
        write(blocks);
        ended = true;
        return Future.succeededFuture();
    }
}
