package io.sluice.sample

import io.vertx.core.Future
import io.vertx.core.VerticleBase
import io.vertx.core.json.JsonObject
import java.time.Instant
import kotlin.time.Duration

/** The tick producer in Kotlin: {"verticle": "io.sluice.sample.Ticker"} among the producers, or "run io.sluice.sample.Ticker". */
class Ticker : VerticleBase() {
    override fun start(): Future<*> {
        val address = config().getString("address", "ticks")
        val message = config().getString("message", "Hello World")
        val period = Duration.parse(config().getString("period", "2s"))
        fun now() = Instant.ofEpochMilli(System.currentTimeMillis())
        fun tick() = vertx.eventBus().publish(address, JsonObject.of("message", message, "timestamp", now()))
        vertx.setPeriodic(0, period.inWholeMilliseconds) { tick() } // at once, and ends with the verticle
        return Future.succeededFuture<Unit>()
    }
}
