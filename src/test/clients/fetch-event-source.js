// npm @microsoft/fetch-event-source. It is made for browsers: it reads window.setTimeout, and takes its listener off the document.
import { fetchEventSource } from '@microsoft/fetch-event-source';
import { heard } from './heard.js';

globalThis.window = globalThis;
globalThis.document = new EventTarget();

fetchEventSource(process.argv[2], {
  fetch,
  openWhenHidden: true,
  onmessage: ({ id, event, data }) => heard(id, event, data),
  onclose() {
    throw new Error('the response has ended'); // its README: "if the server closes the connection unexpectedly, retry"
  },
  onerror() {
    // to return is to try again, after the server's "retry"
  },
});
