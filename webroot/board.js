/** A board that everybody writes on, and everybody reads: in this tab, in another one, on the phone, in a terminal. */
import {copyOf} from './copying.js';
import {describeNode} from './node.js';
import {drawCode} from './qr.js';
import {parseObject} from './stream.js';
import {onView} from './views.js';

const $ = (id) => document.getElementById(id);

const KEPT = 100;
const SHADES = 8;
const NAME_KEY = 'sluice-board-name';

/** So that a reader sees who is who: a few letters, which a browser keeps. */
const self = localStorage.getItem(NAME_KEY) ?? `guest-${Math.random().toString(36).slice(2, 5)}`;
localStorage.setItem(NAME_KEY, self);

let stream = '';
let maxEvent = 0;
let source = null;
let lastEventId = '';
let shown = false;

function open() {
  if (source || !stream) return;
  const query = lastEventId ? `?lastEventId=${encodeURIComponent(lastEventId)}` : '';
  source = new EventSource(`${stream}${query}`);
  source.addEventListener('open', () => showState('open', 'Open'));
  source.addEventListener('message', receive);
  source.addEventListener('error', () => {
    const refused = source?.readyState === EventSource.CLOSED;
    if (refused) close();
    showState(refused ? 'closed' : 'reconnecting', refused ? 'Closed' : 'Reconnecting');
  });
}

function close() {
  source?.close();
  source = null;
}

/** What was written on a terminal is plain text; a page says who it is. */
function receive({lastEventId: id, data}) {
  lastEventId = id;
  const {text, from} = parseObject(data);
  const isNote = typeof text === 'string' && typeof from === 'string';
  const item = document.createElement('li');
  item.dataset.id = id;
  item.dataset.at = Date.now();
  const who = document.createElement('b');
  who.textContent = isNote ? from : 'terminal';
  who.dataset.shade = [...who.textContent].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % SHADES;
  const words = document.createElement('span');
  words.textContent = isNote ? text : data;
  const when = document.createElement('time');
  when.title = `${new Date().toLocaleString()}, ${id}`;
  item.append(who, words, when);
  $('notes').prepend(item);
  while ($('notes').childElementCount > KEPT) $('notes').lastElementChild.remove();
  showAges();
}

function showAges() {
  for (const item of $('notes').children) {
    const seconds = Math.round((Date.now() - item.dataset.at) / 1000);
    item.lastElementChild.textContent = seconds < 2 ? 'now' : seconds < 60 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ago`;
  }
}

async function send(event) {
  event.preventDefault();
  const text = $('note').value.trim();
  if (!text) return;
  const body = JSON.stringify({text, from: self});
  if (new TextEncoder().encode(body).length > maxEvent) {
    showAnswer('That is too long for this board.');
    return;
  }
  try {
    const response = await fetch(stream, {method: 'POST', headers: {'Content-Type': 'application/json'}, body});
    if (response.ok) $('note').value = '';
    showAnswer(response.ok ? '' : ANSWERS[response.status] ?? `The node did not take it (${response.status}).`);
  } catch {
    showAnswer('The node cannot be reached. Try again.');
  }
}

const ANSWERS = {
  413: 'That is too long for this board.',
  429: 'Many are writing. Try again in a second.',
  403: 'This page may not write here.',
  421: 'The node does not take what is written under this name: open it by its IP address.',
};

function showAnswer(text) {
  $('note-answer').textContent = text;
}

function showState(state, text) {
  $('board-state').dataset.state = state;
  $('board-state').textContent = text;
}

/** The same page, for a phone, and the same stream, for a terminal. */
function showElsewhere() {
  const page = new URL('#board', document.baseURI).href;
  const url = new URL(stream, document.baseURI).href;
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
  $('board-link').href = page;
  $('board-link').textContent = page;
  $('board-local').hidden = !isLocal;
  $('board-code').hidden = isLocal;
  if (!isLocal) drawCode($('board-code'), page);
  $('board-read').textContent = `curl -N ${url}`;
  $('board-write').textContent = `curl -d 'Hello from a terminal' -H 'Content-Type: text/plain' ${url}`;
}

async function start() {
  const node = await describeNode();
  const name = node?.scenes?.board;
  if (!name) {
    showState('closed', 'No board');
    $('board-form').hidden = true;
    return;
  }
  stream = name;
  ({maxEvent} = node.streams.find((one) => one.name === name));
  showElsewhere();
  follow();
}

function follow() {
  if (shown) open();
  else close();
}

$('board-form').addEventListener('submit', send);
$('copy-board-read').addEventListener('click', () => copyOf($('board-read'), $('copy-board-read')));
$('copy-board-write').addEventListener('click', () => copyOf($('board-write'), $('copy-board-write')));
setInterval(() => shown && showAges(), 1000);
onView(({view}) => {
  shown = view === 'board';
  if (shown && !stream) start();
  else follow();
});
