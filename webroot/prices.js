/** Shows 20 prices, and what of them a page gets that wants to be told a few times a second. */
import {describeNode} from './node.js';
import {parseObject} from './stream.js';
import {onView} from './views.js';

const $ = (id) => document.getElementById(id);

/** What was received within this time counts for the rates that are shown. */
const WINDOW_MILLIS = 3000;

const TREND = 48;
const SVG = 'http://www.w3.org/2000/svg';

const rows = new Map();
/** The prices that are to be shown with the next frame: a screen shows no more than that. */
const changed = new Map();

let stream = '';
let source = null;
let lastEventId = '';
let shown = false;
let counted = [];
let passed = 0;
let timer = 0;

/** Opens the stream, right after the last event known, with the rate of the dial. */
function open() {
  if (source || !stream) return;
  const query = new URLSearchParams({replay: 'snapshot', frame: 'envelope'});
  const rate = document.querySelector('#dial input:checked').value;
  if (rate !== 'all') query.set('rate', rate);
  if (lastEventId) query.set('lastEventId', lastEventId);
  source = new EventSource(`${stream}?${query}`);
  source.addEventListener('open', () => showState('live', 'Live'));
  source.addEventListener('message', receive);
  source.addEventListener('gap', skip);
  source.addEventListener('error', fail);
  showState('connecting', 'Connecting');
}

function close() {
  source?.close();
  source = null;
}

/** The connection of a tab that nobody sees is closed; where it comes back, the newest of each price is all it needs. */
function follow() {
  if (shown && !document.hidden) {
    open();
    timer ||= setInterval(showRates, 500);
  } else {
    close();
    clearInterval(timer);
    timer = 0;
    counted = [];
  }
}

/** Another rate is another request. It goes on after the last id, so that nothing is lost and nothing comes twice. */
function turn() {
  close();
  counted = [];
  passed = 0;
  follow();
}

function receive({data, lastEventId: id}) {
  const {topic, data: text} = parseObject(data);
  const {symbol = topic, price, change} = parseObject(text);
  if (typeof price !== 'number') return;
  passed += between(lastEventId, id);
  lastEventId = id;
  // As the bytes of its block: two names of lines, their ends, and an empty line.
  counted.push({at: performance.now(), bytes: id.length + new TextEncoder().encode(data).length + 13});
  if (!changed.size) requestAnimationFrame(render);
  changed.set(symbol, {price, change});
}

/** What a gap says was lost was not passed over. */
function skip({lastEventId: id}) {
  if (id) lastEventId = id;
}

/** The number of events between two ids. An id is an epoch and a number in it. */
function between(before, after) {
  const [epoch, number] = after.split('-');
  const [earlier, from] = before.split('-');
  return epoch === earlier ? Math.max(0, number - from - 1) : 0;
}

function fail() {
  if (source?.readyState === EventSource.CLOSED) {
    close();
    showState('closed', 'Closed', 'The node refused the stream.');
  } else {
    showState('reconnecting', 'Reconnecting');
  }
}

function render() {
  for (const [symbol, {price, change}] of changed) {
    const row = rows.get(symbol) ?? insert(symbol);
    const direction = Math.sign(price - (row.price ?? price));
    row.price = price;
    row.trend.push(price);
    if (row.trend.length > TREND) row.trend.shift();
    row.value.textContent = price.toFixed(2);
    row.change.textContent = `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(2)}`;
    row.line.setAttribute('points', points(row.trend));
    if (direction) flash(row, direction);
  }
  changed.clear();
}

/** Colour, and an arrow for whom colours say nothing. The flash has two names in turn: the same one would not start again. */
function flash(row, direction) {
  row.turn = !row.turn;
  row.arrow.textContent = direction > 0 ? '▲' : '▼';
  row.item.dataset.move = direction > 0 ? 'up' : 'down';
  row.item.dataset.turn = row.turn ? 'a' : 'b';
}

function points(trend) {
  const low = Math.min(...trend);
  const height = Math.max(...trend) - low || 1;
  return trend.map((price, i) => `${i + TREND - trend.length},${(19 - 18 * (price - low) / height).toFixed(1)}`).join(' ');
}

/** Adds a price at its place in the alphabet. */
function insert(symbol) {
  const row = {item: document.createElement('li'), trend: [], turn: false};
  const name = document.createElement('b');
  name.textContent = symbol;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${TREND - 1} 20`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  row.line = svg.appendChild(document.createElementNS(SVG, 'polyline'));
  row.value = document.createElement('span');
  row.arrow = document.createElement('i');
  row.arrow.setAttribute('aria-hidden', 'true');
  row.change = document.createElement('small');
  row.item.dataset.symbol = symbol;
  row.item.append(name, row.value, row.arrow, svg, row.change);
  const next = [...rows.keys()].sort().find((other) => other > symbol);
  $('prices').insertBefore(row.item, next ? rows.get(next).item : null);
  rows.set(symbol, row);
  return row;
}

function showRates() {
  const now = performance.now();
  counted = counted.filter(({at}) => at > now - WINDOW_MILLIS);
  const seconds = Math.min(WINDOW_MILLIS, now - (counted[0]?.at ?? now)) / 1000 || 1;
  const bytes = counted.reduce((sum, {bytes: more}) => sum + more, 0);
  $('price-updates').textContent = Math.round(counted.length / seconds);
  $('price-bytes').textContent = (bytes / seconds / 1024).toFixed(1);
  $('price-passed').textContent = passed.toLocaleString('en');
}

function showState(state, text, detail = DETAIL) {
  $('prices-state').dataset.state = state;
  $('prices-state').textContent = text;
  $('prices-detail').textContent = detail;
}

const DETAIL = $('prices-detail').textContent;

/** Once the view is there, and the node has said which stream has the prices. */
async function start() {
  const node = await describeNode();
  stream = node?.scenes?.prices ?? '';
  if (stream) follow();
  else showState('closed', 'No prices', 'This node has no stream of prices.');
}

$('dial').addEventListener('change', turn);
document.addEventListener('visibilitychange', follow);
onView(({view}) => {
  shown = view === 'prices';
  if (shown && !stream) start();
  else follow();
});
