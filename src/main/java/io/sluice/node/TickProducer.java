package io.sluice.node;

import static io.sluice.log.InvalidOptionException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sample producer. It publishes {@code {"message":"Hello World","timestamp":"2026-11-23T02:50:00.337Z"}} on the bus at its start
 * and then once a period. A producer knows the bus only, and no stream.
 */
public final class TickProducer extends VerticleBase {

    private static final DateTimeFormatter ISO_MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Override
    public Future<?> start() {
        Config config = new ConfigReader().read(config(), Config.class);
        tick(config, System.nanoTime());
        return Future.succeededFuture();
    }

    /**
     * A periodic timer would make up for each tick that a process missed while it stood still. Vert.x cancels the timer when it
     * undeploys the verticle.
     */
    private void tick(Config config, long due) {
        long next = Math.max(due + config.period.toNanos(), System.nanoTime());
        vertx.setTimer(
                Math.max(1, TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime())), timer -> tick(config, next));
        JsonObject body =
                new JsonObject().put("message", config.message).put("timestamp", ISO_MILLIS.format(Instant.now()));
        vertx.eventBus().publish(config.address, body);
    }

    /**
     * @param address the address on the bus; default {@code ticks}
     * @param period the time between two ticks, at least 1 ms; default 2 s
     * @param message the message of each tick; default {@code Hello World}
     */
    record Config(String address, Duration period, String message) {

        Config {
            require(!address.isBlank(), "address", '"' + address + '"', "a bus address");
            require(period.toMillis() >= 1, "period", period, "1ms or more");
        }

        @JsonCreator
        static Config of(
                @JsonProperty("address") @Nullable String address,
                @JsonProperty("period") @Nullable Duration period,
                @JsonProperty("message") @Nullable String message) {
            return new Config(
                    Objects.requireNonNullElse(address, "ticks"),
                    Objects.requireNonNullElse(period, Duration.ofSeconds(2)),
                    Objects.requireNonNullElse(message, "Hello World"));
        }
    }
}
