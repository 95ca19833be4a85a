package io.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.sluice.stream.EventStream;
import io.sluice.stream.PublishDoor;
import io.sluice.stream.StreamListener;
import io.sluice.stream.StreamOptions;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class StreamMetersTest {

    private static final int WAKE_UPS = 200_000;

    /** A few objects a minute are a histogram's, which forgets its maximum; and the JVM may move one of the calls to another compiler. */
    private static final int MOST_BYTES = 1;

    @Test
    void aWakeUpOfAnEventLoopCostsNoMemory(Vertx vertx) {
        EventStream stream =
                EventStream.open(vertx, "events", StreamOptions.DEFAULT).await();
        StreamFigures figures = StreamFigures.of(stream, "memory");
        try (Metrics metrics = Metrics.open()) {
            StreamMeters meters = new StreamMeters(metrics.registry(), figures);
            meters.bind();
            wakeUp(figures);
            wakeUp(meters);
            long before = allocated();
            wakeUp(figures);
            wakeUp(meters);
            double each = (allocated() - before) / (double) WAKE_UPS;
            assertTrue(each < MOST_BYTES, each + " bytes each");
            assertEquals(2L * WAKE_UPS * 1000, figures.deliveries());
        }
    }

    /** What an event loop tells of a batch and its subscribers, and a publisher of it. */
    private static void wakeUp(StreamListener listener) {
        for (int i = 0; i < WAKE_UPS; i++) {
            listener.appended(10);
            listener.published(PublishDoor.BUS, i);
            listener.behind(1);
            listener.written(1000L * i);
            listener.behind(-1);
            listener.delivered(1000, 100_000);
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
