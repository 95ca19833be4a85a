package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.ringbuffer.Ringbuffer;
import io.sluice.log.Batch;
import io.sluice.log.Event;
import io.sluice.log.History;
import io.sluice.log.Journal;
import io.sluice.log.JournalWriter;
import io.sluice.log.Leadership;
import io.sluice.log.LogSetup;
import io.sluice.log.NewEvent;
import io.sluice.log.Receipt;
import io.sluice.stream.EventStream;
import io.sluice.stream.StreamOptions;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.sluice.testing.log.FailingFormat;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A log in a cluster whose member's memory is full for a moment. */
@Timeout(60)
// JUnit calls start().
@SuppressWarnings("NullAway.Init")
class BrokenWriteTest {

    private InJvmCluster cluster;
    private Vertx vertx;

    @BeforeEach
    void start() throws Exception {
        cluster = new InJvmCluster();
        vertx = cluster.join();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    /** A batch that goes to the ring in parts: what there was of it kept all later batches from counting. */
    @Test
    void anErrorBetweenTheEventsOfABatchEndsThatBatchOnly() throws Exception {
        AtomicInteger calls = new AtomicInteger(Integer.MAX_VALUE);
        HazelcastInstance failing = failing(InJvmCluster.hazelcast(vertx), calls);
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        JournalWriter journal = new JournalWriter(History.DEFAULT, InstantSource.system());
        LogSetup setup =
                new LogSetup(context, "events", History.DEFAULT, Duration.ofMinutes(1), journal, new NoLeadership());
        LogMember member = new LogMember(setup, failing, false, failure -> {});
        onContext(context, member::open).await();

        NewEvent large = new NewEvent("t", null, "x".repeat(700_000));
        calls.set(2);
        Batch broken = new Batch(List.of(large, large, large), "broken");
        assertThrows(Throwable.class, () -> append(context, member, broken));
        Await.await("the next batch", () -> isTaken(context, member, "next"));
        assertEquals(List.of("next"), data(journal.journal()));
        onContext(context, member::close).await();
    }

    private static boolean isTaken(ContextInternal context, LogMember member, String data) {
        try {
            append(context, member, new Batch(List.of(new NewEvent("t", null, data)), data));
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static List<Receipt> append(ContextInternal context, LogMember member, Batch batch) {
        return onContext(context, () -> member.append(List.of(batch))).await();
    }

    private static <T> Future<T> onContext(ContextInternal context, Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> task.get().onComplete(done));
        return done.future();
    }

    /** An instance whose ring throws in the call of that number, counted down. */
    private static HazelcastInstance failing(HazelcastInstance real, AtomicInteger calls) {
        return proxy(HazelcastInstance.class, (proxy, method, args) -> {
            Object found = invoke(method, real, args);
            return !method.getName().equals("getRingbuffer")
                    ? found
                    : proxy(Ringbuffer.class, (ring, call, with) -> {
                        if (call.getName().equals("addAllAsync") && calls.decrementAndGet() == 0) {
                            throw new OutOfMemoryError("as a test wants it");
                        }
                        return invoke(call, found, with);
                    });
        });
    }

    private static Object invoke(Method method, Object on, Object[] with) throws Throwable {
        try {
            return method.invoke(on, with);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    /** What the ring has, a node has too, be it a moment later. */
    @Test
    void aNodeThatFailsToKeepAnEventReadsItAgain() throws Exception {
        EventStream stream = EventStream.open(
                        vertx,
                        "events",
                        StreamOptions.DEFAULT,
                        HazelcastLog.provider(HazelcastCluster.of(vertx).orElseThrow()))
                .await();
        FailingFormat format = new FailingFormat();
        stream.use(format);
        stream.publish(new NewEvent("t", null, "a")).await();
        format.failOnce();
        Future<?> failed = stream.publish(new NewEvent("t", null, "b"));
        Await.await("an answer", failed::isComplete);
        Await.await("it goes on", stream::isFollowing);
        stream.publish(new NewEvent("t", null, "c")).await();
        assertEquals(List.of("a", "b", "c"), data(stream.journal()));
        assertTrue(stream.isFollowing());
        stream.close().await();
    }

    private static List<String> data(Journal journal) {
        List<String> data = new ArrayList<>();
        for (long n = journal.tail(); n <= journal.head(); n++) {
            Event event = Objects.requireNonNull(journal.read(n)).event();
            data.add(event.data().toString());
        }
        return data;
    }

    private static final class NoLeadership implements Leadership {

        @Override
        public Future<Void> lead() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> stepDown() {
            return Future.succeededFuture();
        }
    }
}
