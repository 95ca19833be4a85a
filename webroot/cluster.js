/** Shows the nodes of a cluster side by side, and what happens to a page whose node dies. */
import {copyOf} from './copying.js';
import {ask, describeNode} from './node.js';
import {parseObject} from './stream.js';
import {Tail} from './tail.js';
import {onView} from './views.js';

const $ = (id) => document.getElementById(id);

const ROWS = 8;
const SHADES = 6;
const ASK_MILLIS = 3000;

/** The nodes by their names in the cluster: {name, url, tail, state, and elements of its column}. */
const members = new Map();

/** What this page reads, at one node at a time. */
const reader = {member: null, tail: null, received: 0, lost: 0, twice: 0, moves: 0, ids: new Set(), left: ''};

let stream = '';
let ownHost = '';
let shown = false;
let timer = 0;

/** Once the view is there: which stream, and where the other nodes are. */
async function start() {
  const node = await describeNode();
  stream = node?.scenes?.ticks ?? '';
  ownHost = hostOf(node?.members?.find(({here}) => here)?.url);
  show(node);
  follow();
}

/** The connections of a tab that nobody sees are closed. */
function follow() {
  clearInterval(timer);
  if (shown && !document.hidden && stream) {
    timer = setInterval(look, ASK_MILLIS);
    members.forEach(({tail}) => tail.open());
    reader.tail?.open();
  } else {
    members.forEach(({tail}) => tail.close());
    reader.tail?.close();
  }
}

/** Asks where this page reads who is there now. */
async function look() {
  show(await ask(reader.member?.url ?? document.baseURI));
}

/** @param node what a node says of itself and its cluster, or null */
function show(node) {
  for (const {member, url, here} of node?.members ?? []) {
    const known = members.get(member);
    if (known) continue;
    const added = add(member, here && !reader.member ? document.baseURI : reachable(url));
    if (here && !reader.member) readAt(added);
  }
  showState();
}

/** A machine has many names: the one by which this page came is good for all nodes on it. */
function reachable(url) {
  const there = new URL(url);
  if (there.hostname === ownHost) there.hostname = location.hostname;
  return there.href;
}

function hostOf(url) {
  return url ? new URL(url).hostname : '';
}

/** Adds the column of a node. */
function add(name, url) {
  const column = $('member').content.firstElementChild.cloneNode(true);
  const [title, state, link, list] = ['h2', 'output', 'a', 'ol'].map((tag) => column.querySelector(tag));
  title.textContent = name;
  link.href = new URL('#cluster', url);
  link.textContent = new URL(url).host;
  column.dataset.member = name;
  const member = {name, url, column, list, state: 'connecting'};
  member.tail = new Tail(new URL(stream, url).href, '', {
    onEvent: (event) => push(list, row(event)),
    onGap: () => {},
    onState: (become) => {
      member.state = become;
      column.dataset.state = become;
      state.textContent = STATES[become];
      showState();
    },
  });
  members.set(name, member);
  $('members').append(column);
  member.tail.open();
  return member;
}

const STATES = {connecting: 'connecting', live: 'live', gone: 'gone'};

/** The same event has the same id and the same shade at each node. */
function row({id, data}) {
  const item = document.createElement('li');
  const {message, timestamp} = parseObject(data);
  item.dataset.id = id;
  item.dataset.shade = id.split('-')[1] % SHADES;
  const text = document.createElement('span');
  text.textContent = timestamp ? `${message} ${String(timestamp).slice(11, 19)}` : data;
  item.append(text);
  return item;
}

function push(list, item) {
  list.prepend(item);
  while (list.childElementCount > ROWS) list.lastElementChild.remove();
}

/** Has the page read at a node, right after the last event that it has. */
function readAt(member) {
  const lastEventId = reader.tail?.lastEventId ?? '';
  reader.tail?.close();
  reader.member = member;
  reader.tail = new Tail(new URL(stream, member.url).href, lastEventId, {
    onEvent: received,
    onGap: () => reader.lost++,
    onState: (state) => { if (state === 'gone') leave(); },
  });
  reader.tail.open();
  showReader();
}

/** The node is gone: on to one that is there. Where none is, the tail tries here again, and the next failure asks again. */
function leave() {
  const next = [...members.values()].find((member) => member !== reader.member && member.state === 'live');
  if (!next) return;
  reader.left ||= reader.member.name;
  readAt(next);
}

/** Ids are dense: an id that is left out is an event that is lost, and one that is there already came twice. */
function received({id}) {
  const [epoch, number] = id.split('-');
  if (reader.ids.has(id)) reader.twice++;
  else if (reader.epoch === epoch && reader.number) reader.lost += Math.max(0, number - reader.number - 1);
  reader.ids.add(id);
  reader.received++;
  reader.epoch = epoch;
  reader.number = Number(number);
  if (reader.left) {
    reader.moves++;
    $('cluster-moved').textContent = `${reader.left} is gone. This page went on at ${reader.member.name} with ${id}: `
      + `${reader.lost} lost, ${reader.twice} twice.`;
    reader.left = '';
  }
  showReader();
}

function showReader() {
  $('cluster-node').textContent = reader.member.name;
  $('cluster-received').textContent = reader.received;
  $('cluster-lost').textContent = reader.lost;
  $('cluster-twice').textContent = reader.twice;
  $('cluster-moves').textContent = reader.moves;
  members.forEach(({column, name}) => column.classList.toggle('here', name === reader.member.name));
}

function showState() {
  const all = [...members.values()];
  const gone = all.filter(({state}) => state === 'gone').length;
  const nodes = all.length === 1 ? 'node' : 'nodes';
  $('cluster-alone').hidden = all.length > 1;
  $('cluster-figures').hidden = all.length === 0;
  $('cluster-state').textContent = !all.length ? 'One node' : gone ? `${all.length - gone} of ${all.length} ${nodes}` : `${all.length} ${nodes}`;
}

$('copy-cluster').addEventListener('click', () => copyOf($('cluster-command'), $('copy-cluster')));
document.addEventListener('visibilitychange', follow);
onView(({view}) => {
  shown = view === 'cluster';
  if (shown && !stream) start();
  else follow();
});
