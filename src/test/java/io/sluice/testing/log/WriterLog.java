package io.sluice.testing.log;

import io.sluice.log.AppendQueue;
import io.sluice.log.Batch;
import io.sluice.log.Epochs;
import io.sluice.log.EventId;
import io.sluice.log.EventLog;
import io.sluice.log.LogProvider;
import io.sluice.log.LogSetup;
import io.sluice.log.LogWriter;
import io.sluice.log.Receipt;
import io.vertx.core.Future;
import java.util.List;

/** A log whose writer is the test's; its follower sees nothing but an empty log. */
public final class WriterLog implements EventLog {

    private final LogSetup setup;
    private final AppendQueue queue;

    private WriterLog(LogSetup setup, LogWriter writer) {
        this.setup = setup;
        this.queue = new AppendQueue(setup.context(), writer);
    }

    /** The provider of logs that a test writes. */
    public static LogProvider provider(LogWriter writer) {
        return setup -> new WriterLog(setup, writer);
    }

    @Override
    public Future<Void> open() {
        setup.follower().reset(Epochs.startingAt(EventId.fresh()), 0, List.of());
        return setup.leadership().lead();
    }

    @Override
    public Future<Receipt> append(Batch batch) {
        return queue.append(batch);
    }

    @Override
    public Future<Void> close() {
        queue.close();
        return setup.leadership().stepDown();
    }
}
