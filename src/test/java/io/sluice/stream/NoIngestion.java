package io.sluice.stream;

import io.vertx.core.Future;

/** Takes in nothing, wherever it is. */
final class NoIngestion implements EventLog.Ingestion {

    @Override
    public Future<Void> begin() {
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        return Future.succeededFuture();
    }

    @Override
    public Future<Receipt> publish(Submission submission) {
        return Future.failedFuture("nobody publishes here");
    }
}
