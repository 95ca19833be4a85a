package io.sluice.stream;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;

/** A log that takes batches and never answers, so that the queue before it fills up; or one that always fails. */
public final class StuckLog implements EventLog {

    private final Future<EventId> answer;

    private StuckLog(Future<EventId> answer) {
        this.answer = answer;
    }

    /** Opens a stream that never gets an answer from its log. */
    public static Future<Stream> open(Vertx vertx, String name) {
        return open(vertx, name, Promise.<EventId>promise().future());
    }

    /** Opens a stream whose log fails. */
    public static Future<Stream> openBroken(Vertx vertx, String name, String why) {
        return open(vertx, name, Future.failedFuture(why));
    }

    private static Future<Stream> open(Vertx vertx, String name, Future<EventId> answer) {
        return Stream.open(vertx, name, StreamOptions.DEFAULT, new StuckLog(answer));
    }

    @Override
    public Future<EventId> append(List<Publication> batch) {
        return answer;
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
