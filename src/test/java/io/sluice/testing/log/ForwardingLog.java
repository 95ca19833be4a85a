package io.sluice.testing.log;

import io.sluice.log.Batch;
import io.sluice.log.EventLog;
import io.sluice.log.Receipt;
import io.vertx.core.Future;

/** A log that does what another one does, but for what a test overrides. */
public class ForwardingLog implements EventLog {

    private final EventLog log;

    protected ForwardingLog(EventLog log) {
        this.log = log;
    }

    @Override
    public Future<Void> open() {
        return log.open();
    }

    @Override
    public Future<Receipt> append(Batch batch) {
        return log.append(batch);
    }

    @Override
    public Future<Void> close() {
        return log.close();
    }
}
