/** Wires the view of the events to the stream. */
import {Countdown} from './countdown.js';
import {copyOf} from './copying.js';
import {MessageList, describe, describeGap} from './messages.js';
import {describeNode} from './node.js';
import {SluiceStream} from './stream.js';
import {whenFirstShown} from './views.js';

const $ = (id) => document.getElementById(id);
const stillness = matchMedia('(prefers-reduced-motion: reduce)');

const {name, url, types} = streamOf(location);
const stream = new SluiceStream(url, types, {
  onState: showState,
  onEvent: showEvent,
  onGap: showGap,
  onClose: showClose,
  onNode: showNode,
});
const messages = new MessageList($('messages'), showWaiting);
const countdown = new Countdown(showCountdown);

const counts = {received: 0, lost: 0, lostUnknown: false, reconnects: 0};
let why = {};
let lived = '';
let lastNode = '';

/**
 * The page shows the stream `events`, or `?stream=`. It passes `?topic=`, `?replay=` on; each `?type=` is an event type to listen to. The URL is relative to the page: a proxy may have both below a prefix.
 */
function streamOf({search}) {
  const query = new URLSearchParams(search);
  const passed = new URLSearchParams([...query].filter(([name]) => name === 'topic' || name === 'replay'));
  const name = query.get('stream') ?? 'events';
  return {name, url: String(passed) ? `${name}?${passed}` : name, types: query.getAll('type')};
}

function showState(state, reasons) {
  why = reasons;
  if (state === 'open') {
    countdown.start();
    if (why.reconnected) counts.reconnects++;
    if (why.resumedAfter) messages.add({kind: 'note', text: `Resumed after ${why.resumedAfter}`});
  } else {
    countdown.stop();
  }
  $('gate').dataset.flow = state === 'open' ? 'on' : 'off';
  $('reopen').hidden = state !== 'closed';
  // What waits can still be had.
  $('pause').disabled = state === 'closed' && !messages.paused;
  renderState();
  renderMeta();
  if (why.refused) explainRefusal();
}

/** An EventSource does not tell the status that ended it; a request for the head alone does. */
async function explainRefusal() {
  const asked = why;
  const {status} = await fetch(url, {method: 'HEAD'}).catch(() => ({status: 0}));
  if (why !== asked) return;
  why = {...why, status};
  renderState();
  if (status === 404) offerStreams();
}

function showEvent(event) {
  counts.received++;
  messages.add(describe(event));
  if (!messages.paused) sendFloat();
  renderMeta();
}

function showGap(gap) {
  if (Number.isInteger(gap.lost)) counts.lost += gap.lost;
  else counts.lostUnknown = true;
  messages.add(describeGap(gap));
  renderMeta();
}

/** Nodes of a cluster have names, and each of them has the whole stream: whoever comes back may be at another one. */
function showNode(name) {
  if (lastNode && name !== lastNode) messages.add({kind: 'note', text: `Now at node ${name}`});
  lastNode = name;
  renderMeta();
}

/** Comes before the change of state that it brings about. */
function showClose(reason) {
  if (reason !== 'lifetime') return;
  const seconds = Math.max(1, Math.round(countdown.learn() / 1000));
  lived = `after ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}

function showWaiting(waiting, more) {
  $('waiting').textContent = waiting ? `${waiting}${more ? '+' : ''} waiting` : '';
}

/** The gate sinks and the bar shrinks with `--left`, from 1 to 0. */
function showCountdown(left, lifetime) {
  const seconds = Math.max(0, Math.ceil((left ?? 0) / 1000 - 0.25)); // A measured 10 s is a little more than that.
  const smooth = left / lifetime;
  const stepped = Math.min(1, seconds * 1000 / lifetime);
  $('closes').hidden = left === null;
  $('countdown').textContent = left === null ? '' : `${seconds} s`;
  $('gate').dataset.counting = left === null ? 'no' : 'yes';
  $('gate').style.setProperty('--left', left === null ? 1 : (stillness.matches ? stepped : smooth).toFixed(3));
}

function renderState() {
  // Paused is the page's affair: the connection stays open, and where it isn't, that is what matters.
  const state = stream.state === 'open' && messages.paused ? 'paused' : stream.state;
  $('state').dataset.state = state;
  $('state').textContent = state[0].toUpperCase() + state.slice(1);
  $('detail').textContent = DETAILS[state](why);
}

const DETAILS = {
  connecting: ({resumedAfter}) => (resumedAfter ? `Opening the stream, right after ${resumedAfter}.` : 'Opening the stream.'),
  open: () => 'Events appear here as they are published.',
  paused: () => 'Still connected. New events wait for you.',
  reconnecting: ({reason}) => `${ENDINGS[reason]?.() ?? 'The connection was lost.'} The browser comes back by itself.`,
  closed: ({reason, refused, status}) =>
    (refused ? REFUSALS[status] ?? 'The server refused the connection.' : ENDINGS[reason]?.() ?? ''),
};

const REFUSALS = {
  401: 'This stream needs a token.',
  403: 'There is no right to read this stream.',
  404: 'There is no stream of this name.',
};

const ENDINGS = {
  lifetime: () => `Stream closed by the server ${lived}.`,
  expired: () => 'Stream closed by the server: the permission has expired.',
  slow: () => 'Stream closed by the server: this browser was too slow.',
  drain: () => 'The server is shutting down.',
  overload: () => 'The server has no room at the moment.',
  dead: () => 'The server took this browser for dead.',
};

function renderMeta() {
  $('received').textContent = counts.received;
  $('lost').textContent = counts.lostUnknown ? (counts.lost ? `${counts.lost}+` : 'some') : counts.lost;
  $('reconnects').textContent = counts.reconnects;
  $('last-id').textContent = stream.lastEventId || '–';
  $('node').textContent = stream.node || '–';
  $('node').parentElement.hidden = !lastNode;
}

/** A float goes down the channel with each event; a few at most, and none for who wants no motion. */
function sendFloat() {
  const floats = $('floats');
  if (stillness.matches || document.hidden || floats.childElementCount >= 16) return;
  const float = document.createElement('i');
  floats.append(float);
  const distance = innerWidth / 2 + 40;
  float.animate([{transform: 'none'}, {transform: `translateX(${distance}px)`}], distance * 10)
    .onfinish = () => float.remove();
}

function togglePause() {
  if (messages.paused) messages.resume();
  else messages.pause();
  $('pause').textContent = messages.paused ? 'Resume' : 'Pause';
  renderState();
}

function reopen() {
  stream.open();
  $('pause').focus(); // The button has just gone, and the keyboard's place on the page would go with it.
}

function follow() {
  stream.follow = $('follow').checked;
  if (stream.follow) stream.open();
}

/** A shell takes `?` and `&` for its own. */
function curl(streamUrl) {
  return `curl -N ${/[?&*]/.test(streamUrl) ? `'${streamUrl}'` : streamUrl}`;
}

$('pause').addEventListener('click', togglePause);
$('reopen').addEventListener('click', reopen);
$('follow').addEventListener('change', follow);
$('copy').addEventListener('click', () => copyOf($('curl'), $('copy')));
$('curl').textContent = curl(new URL(url, document.baseURI).href);
stream.follow = $('follow').checked; // A browser may restore the switch when the page is loaded again.
/** Where this one is not, the node may have others. */
async function offerStreams() {
  const streams = (await describeNode())?.streams ?? [];
  const names = streams.filter((one) => !one.template).map((one) => one.name);
  $('others').hidden = !names.length;
  countdown.lifetime = 1000 * (streams.find((one) => one.name === name)?.lifetime ?? 0);
  for (const other of names) {
    const link = document.createElement('a');
    link.href = `?stream=${encodeURIComponent(other)}`;
    link.textContent = other;
    if (other === name) link.setAttribute('aria-current', 'true');
    $('others').append(' ', link);
  }
}

whenFirstShown('events', async () => {
  // A page that was asked for another stream knows that there are several.
  if (name !== 'events') await offerStreams();
  stream.open();
});
