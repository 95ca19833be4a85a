/**
 * The drawer with the bytes of the stream that the view shows: what `curl -N` would print. It reads on a connection of its own, which is
 * there only while the drawer is open.
 */
import {describeNode} from './node.js';
import {onView} from './views.js';

const $ = (id) => document.getElementById(id);

const KEPT = 50;
const RETRY_MILLIS = 1000;

let reading = null;
let frames = [];

/** The stream of a view; null if it has none. */
async function streamOf({view, conversation}) {
  const scenes = (await describeNode())?.scenes ?? {};
  const query = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name]) => ['topic', 'replay'].includes(name)));
  switch (view) {
    case 'ask': return conversation && scenes.ask ? `${scenes.ask}/${conversation}` : null;
    case 'board': return scenes.board ?? null;
    case 'prices': return scenes.prices ? `${scenes.prices}?rate=1` : null;
    case 'cut': return scenes.prices ? `${scenes.prices}?topic=${scenes.prices}.ACME` : null;
    default: return `${scenes.ticks ?? 'events'}${String(query) ? `?${query}` : ''}`;
  }
}

/** Reads until the drawer closes, or shows something else. The end of a response is no end: a stream's subscriptions have a lifetime. */
async function read(stream, signal) {
  while (!signal.aborted) {
    try {
      const response = await fetch(stream, {headers: {Accept: 'text/event-stream'}, signal});
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const blocks = (rest + part.value).split('\n\n');
        rest = blocks.pop();
        show(blocks);
      }
    } catch {
      // The node is away, or the drawer has closed.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
  }
}

function show(blocks) {
  frames = [...frames, ...blocks].slice(-KEPT);
  const pane = $('wire-frames');
  const isAtEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40;
  pane.textContent = frames.map((block) => `${block}\n\n`).join('');
  if (isAtEnd) pane.scrollTop = pane.scrollHeight;
}

async function follow(address) {
  const stream = await streamOf(address);
  reading?.abort();
  reading = null;
  frames = [];
  $('wire-frames').textContent = '';
  const {pathname, search} = new URL(stream ?? '', document.baseURI);
  $('wire-url').textContent = stream ? `GET ${pathname}${search}` : 'no stream yet';
  if (!stream || $('wire').hidden) return;
  reading = new AbortController();
  read(stream, reading.signal);
}

let current = null;

function toggle() {
  $('wire').hidden = !$('wire').hidden;
  $('to-wire').setAttribute('aria-expanded', String(!$('wire').hidden));
  follow(current);
}

$('to-wire').addEventListener('click', toggle);
onView((address) => {
  current = address;
  if (!$('wire').hidden) follow(address);
});
