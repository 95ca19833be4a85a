package io.sluice.sse;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.JournalWriter;
import io.sluice.stream.CloseReason;
import io.sluice.stream.StreamListener;
import java.time.InstantSource;

/** A stream of which only the journal matters. */
record FakeStream(Journal journal) implements ServedStream {

    /** The delivery of an empty stream, in no hub. */
    static Delivery delivery() {
        EventExecutor loop = ImmediateEventExecutor.INSTANCE;
        PendingBytes pending = SubscriptionLimits.of(0, 0).pending();
        SlowClients slow = new SlowClients(loop, pending, System::nanoTime, new Deaf());
        BlockWriter writer = new BlockWriter(new StreamListener() {}, (subscription, reason) -> {}, slow);
        Journal journal = new JournalWriter(History.DEFAULT, InstantSource.system()).journal();
        return new Delivery(
                new FakeStream(journal), new Turns(loop, SseOptions.Slow.GAP, writer, System::nanoTime), writer);
    }

    private static final class Deaf implements SlowClients.Listener {

        @Override
        public void over(Subscription subscription, CloseReason reason) {}

        @Override
        public void hasRoom(Subscription subscription) {}
    }

    @Override
    public void subscribed(int more) {}

    @Override
    public void release() {}

    @Override
    public String toString() {
        return "fake";
    }
}
