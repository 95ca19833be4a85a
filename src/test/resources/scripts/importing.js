import { origin } from './lib/origin.js';
vertx.eventBus().publish('out', origin);
