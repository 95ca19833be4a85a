package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.stream.Presence;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sample producer of many topics: 20 prices that walk at random, {@code {"symbol":"ACME","price":101.25,"change":0.35}} with the topic
 * {@code prices.ACME}; the change is since its start. It publishes only while somebody reads the stream, of which the bus tells where
 * that has {@code "presence": true}.
 *
 * <p>At its start it asks who reads, and again from time to time: readers may have come before it, and their node may have died.
 */
public final class PriceProducer extends VerticleBase {

    static final List<String> SYMBOLS = List.of(
            "ACME", "ALMA", "BOLT", "CARA", "DELF", "ECHO", "FERN", "GATE", "HALO", "IRIS", "JADE", "KITE", "LOCK",
            "MILL", "NOVA", "OPAL", "PIER", "QUAY", "REED", "WEIR");

    /** The prices of one turn. */
    private static final int AT_ONCE = 4;

    private static final long ASK_MILLIS = 10_000;

    /** Whoever reads has answered once in this time, if one question was lost. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(2 * ASK_MILLIS + 5_000);

    private static final long NONE = -1;

    private final Random random = new Random();
    private final List<Price> prices = new ArrayList<>();
    private Config config = new Config("prices", "prices", Duration.ofMillis(100));
    private long turns = NONE;
    private long questions = NONE;
    private long heard;
    private int next;

    @Override
    public Future<?> start() {
        config = new ConfigReader().read(config(), Config.class);
        SYMBOLS.forEach(symbol -> prices.add(new Price(symbol, 2_000 + random.nextInt(18_000))));
        return vertx.eventBus()
                .<JsonObject>consumer("sluice.presence." + config.stream, this::hear)
                .completion()
                .onSuccess(v -> ask());
    }

    /** Vert.x cancels the timers of a verticle that it undeploys. */
    private void hear(Message<JsonObject> presence) {
        if (presence.body().getInteger("subscribers", 0) == 0) {
            return;
        }
        heard = System.nanoTime();
        if (turns == NONE) {
            turns = vertx.setPeriodic(Math.max(1, config.period.toMillis() * AT_ONCE / SYMBOLS.size()), id -> turn());
            questions = vertx.setPeriodic(ASK_MILLIS, id -> look());
        }
    }

    private void look() {
        if (System.nanoTime() - heard < IDLE_NANOS) {
            ask();
        } else {
            vertx.cancelTimer(turns);
            vertx.cancelTimer(questions);
            turns = NONE;
        }
    }

    private void ask() {
        vertx.eventBus().publish(Presence.ASK, config.stream);
    }

    /** Each price changes once in a period, in another order each time. */
    private void turn() {
        for (int i = 0; i < AT_ONCE; i++) {
            if (next == 0) {
                Collections.shuffle(prices, random);
            }
            Price price = prices.get(next);
            next = (next + 1) % prices.size();
            price.walk(random);
            vertx.eventBus()
                    .publish(
                            config.address,
                            price.toJson(),
                            new DeliveryOptions().addHeader("topic", "prices." + price.symbol));
        }
    }

    /** In cents. */
    private static final class Price {

        private final String symbol;
        private final int first;
        private int cents;

        private Price(String symbol, int cents) {
            this.symbol = symbol;
            this.first = cents;
            this.cents = cents;
        }

        /** By some thousandths of what it is; the farther it is from its first, the more likely back. */
        private void walk(Random random) {
            int step = 1 + random.nextInt(Math.max(1, cents / 400));
            double back = (first - cents) / (double) first;
            cents += random.nextDouble() < 0.5 + back ? step : -step;
        }

        private JsonObject toJson() {
            return new JsonObject()
                    .put("symbol", symbol)
                    .put("price", cents / 100.0)
                    .put("change", (cents - first) / 100.0);
        }
    }

    /**
     * @param address the address on the bus; default {@code prices}
     * @param stream the stream that they are in, whose readers count; default {@code prices}
     * @param period the time in which each price changes once, at least 5 ms; default 100 ms
     */
    record Config(String address, String stream, Duration period) {

        Config {
            require(!address.isBlank(), "address", '"' + address + '"', "a bus address");
            require(!stream.isBlank(), "stream", '"' + stream + '"', "the name of a stream");
            require(period.toMillis() >= 5, "period", period, "5ms or more");
        }

        @JsonCreator
        static Config of(
                @JsonProperty("address") @Nullable String address,
                @JsonProperty("stream") @Nullable String stream,
                @JsonProperty("period") @Nullable Duration period) {
            return new Config(
                    Objects.requireNonNullElse(address, "prices"),
                    Objects.requireNonNullElse(stream, "prices"),
                    Objects.requireNonNullElse(period, Duration.ofMillis(100)));
        }
    }
}
