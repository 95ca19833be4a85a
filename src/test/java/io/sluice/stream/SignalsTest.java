package io.sluice.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
// JUnit calls open().
@SuppressWarnings("NullAway.Init")
class SignalsTest {

    private Vertx vertx;
    private Signals signals;

    @BeforeEach
    void open(Vertx vertx) {
        this.vertx = vertx;
        signals = Signals.of(vertx);
    }

    @Test
    void aSignalIsHeardByAllConsumersWithItsStreamAndBody() {
        List<Future<Message<Object>>> heard = List.of(next("sluice.signals.chat"), next("sluice.signals.chat"));
        signals.send("chat/42", "stop", new JsonObject().put("after", 7)).await();
        for (Future<Message<Object>> signal : heard) {
            Message<Object> message = signal.await();
            assertEquals("chat/42", message.headers().get("stream"));
            assertEquals("stop", message.headers().get("signal"));
            assertEquals(new JsonObject().put("after", 7), message.body());
            assertNull(message.replyAddress());
        }
    }

    @Test
    void aSignalNeedsNoBody() {
        Future<Message<Object>> heard = next("sluice.signals.chat");
        signals.send("chat/42", "stop", null).await();
        assertNull(heard.await().body());
    }

    @Test
    void aDeclaredStreamHasSignalsToo() {
        Future<Message<Object>> heard = next("sluice.signals.events");
        signals.send("events", "pause", "text").await();
        assertEquals("text", heard.await().body());
        assertEquals("events", heard.await().headers().get("stream"));
    }

    @Test
    void aSignalThatNobodyHearsFails() {
        next("sluice.signals.job");
        NoConsumerException nobody = assertThrows(NoConsumerException.class, () -> signals.send("chat/42", "stop", null)
                .await());
        assertEquals("nobody consumes at sluice.signals.chat", nobody.getMessage());
    }

    @Test
    void aConsumerOfThisNodeOnlyIsOne() {
        Promise<String> heard = Promise.promise();
        MessageConsumer<String> consumer =
                vertx.eventBus().localConsumer("sluice.signals.chat", message -> heard.complete(message.body()));
        signals.send("chat/42", "stop", "local").await();
        assertEquals("local", heard.future().await());
        consumer.unregister().await();
        Future<Void> unheard = signals.send("chat/42", "stop", null);
        assertThrows(NoConsumerException.class, unheard::await);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\u0000"})
    void aSignalThatCannotBeIsRefused(String signal) {
        next("sluice.signals.chat");
        Future<Void> refused = signals.send("chat/42", signal, null);
        assertThrows(IllegalArgumentException.class, refused::await);
    }

    @Test
    void aBodyThatTheBusCannotCarryIsRefused() {
        next("sluice.signals.chat");
        Future<Void> refused = signals.send("chat/42", "stop", new Object());
        assertThrows(IllegalArgumentException.class, refused::await);
    }

    private Future<Message<Object>> next(String address) {
        Promise<Message<Object>> next = Promise.promise();
        vertx.eventBus().consumer(address, next::tryComplete);
        return next.future();
    }
}
