// The tick producer in JavaScript: {"verticle": "js:ticker.js"} among the producers, or "run js:ticker.js".
const { address = 'ticks', period = '2s', message = 'Hello World' } = config;

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const [, number, unit] = /^(\d+)(ms|s|m|h)$/.exec(period) ?? [];
if (!unit) throw new RangeError(`period: "${period}": expected one such as "500ms" or "10s"`);

const tick = () => vertx.eventBus().publish(address, { message, timestamp: new Date() });

tick();
vertx.setPeriodic(number * units[unit], tick); // ends with the verticle
