// The tick producer in Groovy: {"verticle": "groovy:Ticker.groovy"} among the producers, or "run groovy:Ticker.groovy".
import java.time.Instant
import java.time.temporal.ChronoUnit

def config = vertx.orCreateContext.config()
def period = config.getString('period', '2s')
def units = [ms: 1, s: 1000, m: 60_000, h: 3_600_000]

def matcher = period =~ /(\d+)(ms|s|m|h)/
if (!matcher.matches()) throw new IllegalArgumentException("period: \"$period\": expected one such as \"500ms\" or \"10s\"")
def millis = matcher.group(1).toLong() * units[matcher.group(2)]

def tick = {
    def body = [message: config.getString('message', 'Hello World'), timestamp: Instant.now().truncatedTo(ChronoUnit.MILLIS).toString()]
    vertx.eventBus().publish(config.getString('address', 'ticks'), body)
}
tick()
// Ends with the verticle.
vertx.setPeriodic(millis) { tick() }
