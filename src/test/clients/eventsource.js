// npm eventsource: the browser's EventSource for Node.js. Comes back by itself, with the last id.
import { EventSource } from 'eventsource';
import { heard } from './heard.js';

const source = new EventSource(process.argv[2]);
for (const type of ['message', 'gap', 'close']) {
  source.addEventListener(type, event => heard(event.lastEventId, type, event.data));
}
