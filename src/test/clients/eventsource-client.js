// npm eventsource-client: one callback for all types. Comes back by itself, with the last id.
import { createEventSource } from 'eventsource-client';
import { heard } from './heard.js';

createEventSource({
  url: process.argv[2],
  onMessage: ({ id, event, data }) => heard(id, event, data),
});
