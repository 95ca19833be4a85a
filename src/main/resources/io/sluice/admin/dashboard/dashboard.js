import {Charts} from './charts.js';
import * as format from './format.js';
import {AWAY_SECONDS, History} from './history.js';
import {openPassing} from './passing.js';
import {follow} from './reports.js';
import {prepareStreams, showEnds, showMembers, showStreams} from './tables.js';

const RESTART_SECONDS = 60;

const history = new History();
const charts = new Charts();
const state = document.getElementById('state');
const select = document.getElementById('member');

let open = false;
let lostAt = Date.now();
let restarted = null;

const isAway = (member) => (Date.now() - member.heard) / 1000 > AWAY_SECONDS;

/** Says whether the figures are of now, and what has happened to the node. */
function showState() {
  const away = Math.round((Date.now() - lostAt) / 1000);
  let text = 'Live';
  let kind = 'live';
  if (!open) {
    kind = history.members.size ? 'away' : 'connecting';
    text = kind === 'away' ? `The node is away since ${format.duration(away)}, trying again` : 'Connecting';
  } else if (restarted && (Date.now() - restarted) / 1000 < RESTART_SECONDS) {
    text = `Live. The node restarted at ${format.time(new Date(restarted))}`;
  }
  // What is said again is read out again.
  if (state.textContent !== text) state.textContent = text;
  state.dataset.state = kind;
}

function showChoice(members) {
  document.getElementById('choice').hidden = members.length < 2;
  const known = new Set([...select.options].map((option) => option.value));
  for (const {name} of members) if (name && !known.has(name)) select.add(new Option(name, name));
}

function set(id, text) {
  document.getElementById(`now-${id}`).textContent = text;
}

function limited(used, most, write) {
  return most > 0 ? `${write(used)} of ${write(most)}` : write(used);
}

function showNow(members) {
  const sum = (read) => members.reduce((all, member) => all + read(member.report), 0);
  const last = history.series(members).at(-1) ?? {};
  set('subscriptions', format.count(sum((report) => report.subscriptions)));
  set('events', format.count(last.events));
  set('deliveries', format.count(last.deliveries));
  set('bytes', format.bytes(last.bytes));
  set('p50', format.latency(last.p50 ?? NaN));
  set('p99', format.latency(last.p99 ?? NaN));
  set('behind', format.count(sum((report) => report.behind)));
  set('lost', format.count(sum((report) => report.streams.reduce((all, stream) => all + stream.lost, 0))));
  set('connections', limited(sum((report) => report.connections), sum((report) => report.maxConnections), format.count));
  set('files', limited(sum((report) => report.files.open), sum((report) => report.files.max), format.count));
  set('cpu', format.share(sum((report) => report.cpu) / members.length));
  set('heap', limited(sum((report) => report.heap.used), sum((report) => report.heap.max), format.bytes));
}

function showAbout(members) {
  const {report} = members[0];
  const version = members.length > 1 ? `${members.length} members` : `${report.version} on ${report.transport}, Java ${report.java}`;
  const up = members.length > 1 ? '' : `, up ${format.duration(report.uptime)}${report.ready ? '' : ', not ready'}`;
  document.getElementById('about').textContent = `${report.member ?? 'A node alone'}: ${version}${up}`.replace(/^.*: (?=\d+ members)/, 'A cluster of ');
  document.title = `Sluice: ${report.member ?? 'dashboard'}`;
}

function show() {
  showState();
  const all = history.chosen('');
  if (!all.length) return;
  const chosen = history.chosen(select.value);
  const here = chosen.filter((member) => !isAway(member));
  const members = here.length ? here : chosen;
  showChoice(all);
  showMembers(all, isAway);
  showAbout(members);
  showNow(members);
  showStreams(members, openPassing);
  showEnds(members);
  charts.draw(history.series(chosen));
}

prepareStreams(show);
select.addEventListener('change', show);
follow('../node', {
  onReport(report) {
    if (history.take(report, Date.now())) restarted = Date.parse(report.started);
  },
  onOpen(now) {
    if (open && !now) lostAt = Date.now();
    open = now;
    showState();
  },
});
setInterval(show, 1000);
