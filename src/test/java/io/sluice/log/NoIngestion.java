package io.sluice.log;

import io.vertx.core.Future;
import java.util.List;

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
    public Future<List<Receipt>> publish(List<Batch> batch) {
        return Future.failedFuture("nobody publishes here");
    }
}
