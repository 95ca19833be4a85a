package io.sluice.stream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;

/** A log that takes batches and never answers, so that what is published waits until the queue before it is full. */
public final class StuckLog implements EventLog {

    private StuckLog() {}

    /** Opens a stream that can never append. */
    public static Future<Stream> open(Vertx vertx, String name) {
        return Stream.open(vertx, name, StreamOptions.DEFAULT, new StuckLog());
    }

    @Override
    public Future<EventId> append(List<Publication> batch) {
        return Promise.<EventId>promise().future();
    }

    @Override
    public Future<Void> follow(Follower follower) {
        follower.begin(EventId.fresh());
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
