package io.sluice.testing.log;

import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;

/** A log that takes batches and never answers, so that the queue before it fills up; or one that always fails. */
public final class StuckLog implements EventLog {

    private final Future<List<Receipt>> answer;

    private StuckLog(Future<List<Receipt>> answer) {
        this.answer = answer;
    }

    /** Opens a stream that never gets an answer from its log. */
    public static Future<EventStream> open(Vertx vertx, String name) {
        return open(vertx, name, Promise.<List<Receipt>>promise().future());
    }

    /** Opens a stream whose log fails. */
    public static Future<EventStream> openBroken(Vertx vertx, String name, String why) {
        return open(vertx, name, Future.failedFuture(why));
    }

    private static Future<EventStream> open(Vertx vertx, String name, Future<List<Receipt>> answer) {
        return EventStream.open(vertx, name, StreamOptions.DEFAULT, new StuckLog(answer));
    }

    @Override
    public Future<List<Receipt>> append(List<Batch> batch) {
        return answer;
    }

    @Override
    public Future<Void> open(Follower follower, Ingestion ingestion) {
        follower.begin(Epochs.startingAt(EventId.fresh()), 0, List.of());
        return ingestion.begin();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
