/** Cuts the line of a stream for some seconds, and counts by the ids what came afterwards, what did not, and what came twice. */
import {describeNode} from './node.js';
import {parseObject} from './stream.js';
import {onView} from './views.js';

const $ = (id) => document.getElementById(id);

const CUT_SECONDS = 5;
/** A bar of the strip is so many events. */
const BAR = 20;
const BARS = 120;
const LATE_MILLIS = 500;

let stream = '';
let source = null;
let shown = false;
let cutUntil = 0;
let lastEventId = '';
/** The shortest time from the node's clock to this page, in milliseconds: clocks differ. */
let shortest = Infinity;
let bar = null;

const counts = {received: 0, late: 0, lost: 0, twice: 0};

function open() {
  if (source || !stream || cutUntil) return;
  const query = new URLSearchParams({frame: 'envelope', ...(lastEventId ? {lastEventId} : {replay: 'none'})});
  source = new EventSource(`${stream}?${query}`);
  source.addEventListener('open', () => showState('open', 'Connected'));
  source.addEventListener('message', receive);
  source.addEventListener('gap', ({lastEventId: id, data}) => {
    counts.lost += parseObject(data).lost ?? 1;
    if (id) lastEventId = id;
  });
  source.addEventListener('error', () => showState('reconnecting', 'Reconnecting'));
}

function close() {
  source?.close();
  source = null;
}

/** An id is an epoch and a number in it, without holes where all of the stream is read. */
function receive({lastEventId: id, data}) {
  const [epoch, number] = split(id);
  const [before, from] = split(lastEventId);
  if (epoch === before) {
    if (number <= from) counts.twice++;
    else counts.lost += number - from - 1;
  }
  lastEventId = id;
  counts.received++;
  const late = isLate(data);
  if (late) counts.late++;
  draw(late);
}

function split(id) {
  const at = id.lastIndexOf('-');
  return [id.slice(0, at), Number(id.slice(at + 1))];
}

/** Whether it was published a good while before it came. */
function isLate(data) {
  const delay = Date.now() - Date.parse(parseObject(data).time);
  shortest = Math.min(shortest, delay);
  return delay - shortest > LATE_MILLIS;
}

function draw(late) {
  const strip = $('strip');
  if (!bar || bar.count === BAR || bar.late !== late) {
    bar = {item: document.createElement('i'), count: 0, late};
    if (late) bar.item.className = 'late';
    strip.append(bar.item);
    while (strip.childElementCount > BARS) strip.firstElementChild.remove();
  }
  bar.count++;
  bar.item.style.setProperty('--filled', bar.count / BAR);
}

/** The connection is closed, as a tunnel or a lift would do. */
function cut() {
  close();
  cutUntil = Date.now() + CUT_SECONDS * 1000;
  $('cut').disabled = true;
  tick();
}

function tick() {
  const left = Math.ceil((cutUntil - Date.now()) / 1000);
  if (left > 0) {
    showState('cut', `Cut, ${left} s`);
    setTimeout(tick, 200);
    return;
  }
  cutUntil = 0;
  $('cut').disabled = false;
  $('cut').focus();
  follow();
}

function showCounts() {
  for (const [name, number] of Object.entries(counts)) $(`cut-${name}`).textContent = number.toLocaleString('en');
}

function showState(state, text) {
  $('cut-state').dataset.state = state;
  $('cut-state').textContent = text;
}

async function start() {
  stream = (await describeNode())?.scenes?.prices ?? '';
  if (stream) follow();
  else {
    showState('closed', 'No prices');
    $('cut').disabled = true;
  }
}

function follow() {
  if (shown && !document.hidden) open();
  else close();
}

$('cut').addEventListener('click', cut);
setInterval(() => shown && showCounts(), 100);
document.addEventListener('visibilitychange', follow);
onView(({view}) => {
  shown = view === 'cut';
  if (shown && !stream) start();
  else follow();
});
