package io.sluice.hazelcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.stream.NoConsumerException;
import io.sluice.stream.Signals;
import io.sluice.stream.StreamBus;
import io.sluice.stream.StreamTemplate;
import io.sluice.stream.TemplateOptions;
import io.sluice.testing.Await;
import io.sluice.testing.cluster.InJvmCluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Named streams and their signals on the bus of two nodes. */
@Timeout(60)
class BusInClusterTest {

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    @Test
    void aSignalThatNobodyHearsAtAnyNodeFails() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster()) {
            Signals signals = Signals.of(cluster.join());
            cluster.join();
            assertThrows(NoConsumerException.class, () -> signals.send("chat/42", "stop", null)
                    .await());
        }
    }

    @Test
    void aSignalIsHeardAtEveryNodeUntilItsConsumerLeaves() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster()) {
            Vertx here = cluster.join();
            Vertx there = cluster.join();
            Signals signals = Signals.of(here);
            MessageConsumer<String> far = consume(there, "there");
            MessageConsumer<String> near = consume(here, "here");
            // Each node learns of a consumer in its own time, be it one of its own.
            Await.await("both consumers are known", () -> {
                signals.send("chat/42", "stop", null).otherwiseEmpty().await();
                return times("there chat/42 stop null") > 0 && times("here chat/42 stop null") > 0;
            });
            for (int i = 0; i < 100; i++) {
                signals.send("chat/42", "stop", "body").await();
            }
            Await.await("the other node has heard all", () -> times("there chat/42 stop body") == 100);
            assertEquals(100, times("here chat/42 stop body"));
            near.unregister().await();
            far.unregister().await();
            Await.await("nobody is left", () -> !isHeard(signals));
        }
    }

    @Test
    void aConsumerOfOneNodeOnlyHearsTheSignalsOfThatNode() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster()) {
            Vertx here = cluster.join();
            Vertx there = cluster.join();
            there.eventBus().<String>localConsumer("sluice.signals.chat", message -> heard.add(message.body()));
            Future<Void> unheard = Signals.of(here).send("chat/42", "stop", "far");
            assertThrows(NoConsumerException.class, unheard::await);
            Signals.of(there).send("chat/42", "stop", "near").await();
            Await.await("it has heard", () -> !heard.isEmpty());
            assertEquals(List.of("near"), List.copyOf(heard));
        }
    }

    @Test
    void aMessageOfAnotherNodeIsTakenOnceWhereTheDoorIsRegistered() throws Exception {
        try (InJvmCluster cluster = new InJvmCluster()) {
            Vertx here = cluster.join();
            Vertx there = cluster.join();
            StreamTemplate chat =
                    StreamTemplate.open(here, "chat", TemplateOptions.DEFAULT).await();
            StreamTemplate idle =
                    StreamTemplate.open(there, "chat", TemplateOptions.DEFAULT).await();
            StreamBus door = StreamBus.of(here, List.of(), List.of(chat));
            StreamBus next = StreamBus.of(there, List.of(), List.of(idle));
            door.register().await();
            DeliveryOptions named = new DeliveryOptions().addHeader("stream", "chat/42");
            Await.await("the door is known", () -> isTaken(there, named));
            there.eventBus().publish("sluice", "b", named);
            there.eventBus().request("sluice", "c", named).await();
            assertEquals(3, events(chat));
            door.unregister().await();
            next.register().await();
            Await.await("the next door is known", () -> isTaken(here, named));
            assertEquals(3, events(chat));
            assertEquals(1, events(idle));
        }
    }

    private static long events(StreamTemplate template) {
        return template.list(null, 1).await().get(0).events();
    }

    private MessageConsumer<String> consume(Vertx vertx, String node) {
        MessageConsumer<String> consumer = vertx.eventBus()
                .consumer(
                        "sluice.signals.chat",
                        message -> heard.add(node
                                + ' '
                                + message.headers().get("stream")
                                + ' '
                                + message.headers().get("signal")
                                + ' '
                                + message.body()));
        consumer.completion().await();
        return consumer;
    }

    private long times(String signal) {
        return heard.stream().filter(signal::equals).count();
    }

    private static boolean isHeard(Signals signals) {
        return succeeds(signals.send("chat/42", "stop", null));
    }

    private static boolean isTaken(Vertx vertx, DeliveryOptions named) {
        return succeeds(vertx.eventBus().request("sluice", "a", named));
    }

    private static boolean succeeds(Future<?> future) {
        return future.map(true).otherwise(false).await();
    }
}
