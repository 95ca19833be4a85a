// npm event-source-polyfill. Comes back by itself; the last id goes into the query, as lastEventId.
import { createRequire } from 'node:module';
import { heard } from './heard.js';

const { EventSourcePolyfill } = createRequire(import.meta.url)('event-source-polyfill');
const source = new EventSourcePolyfill(process.argv[2]);
for (const type of ['message', 'gap', 'close']) {
  source.addEventListener(type, event => heard(event.lastEventId, type, event.data));
}
