/** The panel that shows the events of a stream as they pass, newest first. */
const MOST = 200;
const LONGEST = 2000;

const dialog = document.getElementById('passing');
const list = document.getElementById('passing-events');
const state = document.getElementById('passing-state');
const pause = document.getElementById('passing-pause');
const empty = document.getElementById('passing-empty');

let source = null;
let paused = false;
let held = [];

function part(className, text) {
  const made = document.createElement('span');
  made.className = className;
  made.textContent = text;
  return made;
}

/** A frame of the envelope: what the event is, and its data, whatever its type. */
function row(event) {
  const made = document.createElement('li');
  const {type, topic, data, time} = JSON.parse(event.data);
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  made.append(part('id', event.lastEventId));
  if (topic) made.append(part('topic', topic));
  if (type) made.append(part('type', type));
  made.append(part('data', text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text));
  if (time) made.title = time;
  return made;
}

function show(rows) {
  list.prepend(...rows.reverse());
  while (list.children.length > MOST) list.lastChild.remove();
  empty.hidden = list.children.length > 0;
}

function take(event) {
  if (!paused) {
    show([row(event)]);
    return;
  }
  held.push(event);
  held = held.slice(-MOST);
  state.textContent = `paused, ${held.length} waiting`;
}

function setPaused(now) {
  paused = now;
  pause.setAttribute('aria-pressed', String(now));
  if (!now) {
    show(held.map(row));
    held = [];
  }
  if (source) state.textContent = now ? 'paused' : 'live';
}

/** Opens the panel for a stream. */
export function openPassing(name) {
  document.getElementById('passing-title').textContent = `Events of ${name}`;
  list.replaceChildren();
  empty.hidden = false;
  held = [];
  state.textContent = 'connecting';
  source = new EventSource(`../api/streams/${encodeURIComponent(name)}?frame=envelope&replay=20`);
  setPaused(false);
  source.onopen = () => (state.textContent = paused ? 'paused' : 'live');
  source.onmessage = take;
  source.onerror = () => (state.textContent = source.readyState === EventSource.CLOSED
    ? 'cannot be read: it may ask for a right that this page has not shown' : 'the node is away, trying again');
  source.addEventListener('gap', (event) => {
    const {lost} = JSON.parse(event.data);
    show([Object.assign(document.createElement('li'), {className: 'gap', textContent: `lost: ${lost ?? 'unknown'}`})]);
  });
  dialog.showModal();
}

pause.addEventListener('click', () => setPaused(!paused));
document.getElementById('passing-close').addEventListener('click', () => dialog.close());
dialog.addEventListener('close', () => {
  source?.close();
  source = null;
});
