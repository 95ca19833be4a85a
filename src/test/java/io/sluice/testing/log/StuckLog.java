package io.sluice.testing.log;

import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;

/** Streams whose log never answers, so that the queue before it fills up, or always fails. */
public final class StuckLog {

    private StuckLog() {}

    /** Opens a stream that never gets an answer from its log. */
    public static Future<EventStream> open(Vertx vertx, String name) {
        return open(vertx, name, Promise.<List<Receipt>>promise().future());
    }

    /** Opens a stream whose log fails. */
    public static Future<EventStream> openBroken(Vertx vertx, String name, String why) {
        return open(vertx, name, Future.failedFuture(why));
    }

    private static Future<EventStream> open(Vertx vertx, String name, Future<List<Receipt>> answer) {
        return EventStream.open(vertx, name, StreamOptions.DEFAULT, WriterLog.provider(batches -> answer));
    }
}
