package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sluice.stream.Presence;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class PriceProducerTest {

    private final BlockingQueue<Message<JsonObject>> prices = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> questions = new LinkedBlockingQueue<>();

    private void deploy(Vertx vertx) {
        vertx.eventBus().<JsonObject>consumer("quotes", prices::add);
        vertx.eventBus().<String>consumer(Presence.ASK, question -> questions.add(question.body()));
        JsonObject config = new JsonObject().put("address", "quotes").put("period", "5ms");
        vertx.deployVerticle(new PriceProducer(), new DeploymentOptions().setConfig(config))
                .await();
    }

    private static void tell(Vertx vertx, int subscribers) {
        vertx.eventBus()
                .publish(
                        "sluice.presence.prices",
                        new JsonObject().put("stream", "prices").put("subscribers", subscribers));
    }

    private Message<JsonObject> next() throws InterruptedException {
        Message<JsonObject> price = prices.poll(10, TimeUnit.SECONDS);
        assertNotNull(price);
        return price;
    }

    /** Readers may have come before it. */
    @Test
    void itAsksWhoReadsAndIsIdleMeanwhile(Vertx vertx) throws Exception {
        deploy(vertx);
        assertEquals("prices", questions.poll(10, TimeUnit.SECONDS));
        tell(vertx, 0);
        assertNull(prices.poll(50, TimeUnit.MILLISECONDS));
    }

    @Test
    void twentyPricesWalkWhileSomebodyReadsEachWithATopicOfItsOwn(Vertx vertx) throws Exception {
        deploy(vertx);
        tell(vertx, 1);
        Set<String> symbols = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Message<JsonObject> price = next();
            String symbol = price.body().getString("symbol");
            assertEquals("prices." + symbol, price.headers().get("topic"));
            assertNotEquals(0.0, price.body().getDouble("change"));
            symbols.add(symbol);
        }
        assertEquals(Set.copyOf(PriceProducer.SYMBOLS), symbols);
    }
}
