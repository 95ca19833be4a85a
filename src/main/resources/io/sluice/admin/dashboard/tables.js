import * as format from './format.js';

/** The columns of the streams: title, what is sorted by, how it is written. */
const COLUMNS = [
  {id: 'name', title: 'Stream', of: (stream) => stream.name},
  {id: 'log', title: 'Log', of: (stream) => stream.log},
  {id: 'up', title: 'State', of: (stream) => (stream.up ? 'up' : 'away')},
  {id: 'subscriptions', title: 'Subscriptions', of: (stream) => stream.subscriptions, write: format.count},
  {id: 'events', title: 'Events/s', of: (stream) => stream.eventRate, write: format.count},
  {id: 'deliveries', title: 'Delivered/s', of: (stream) => stream.deliveryRate, write: format.count},
  {id: 'p99', title: 'p99', of: (stream) => stream.latency?.p99 ?? NaN, write: format.latency},
  {id: 'behind', title: 'Behind', of: (stream) => stream.behind, write: format.count},
  {id: 'gaps', title: 'Gaps', of: (stream) => stream.gaps, write: format.count},
  {id: 'lost', title: 'Lost', of: (stream) => stream.lost, write: format.count},
  {id: 'kept', title: 'Kept', of: (stream) => stream.journal.events, write: format.count},
  {id: 'bytes', title: 'Memory', of: (stream) => stream.journal.bytes, write: format.bytes},
];

const order = {column: 'name', descending: false};

function cell(row, text, kind = 'td') {
  const made = document.createElement(kind);
  made.textContent = text;
  row.append(made);
  return made;
}

/** Makes the head of the table of streams, whose titles sort it. */
export function prepareStreams(onSort) {
  const row = document.querySelector('#streams thead tr');
  for (const column of COLUMNS) {
    const head = cell(row, '', 'th');
    head.scope = 'col';
    if (column.write) head.className = 'number';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = column.title;
    button.addEventListener('click', () => {
      order.descending = order.column === column.id ? !order.descending : Boolean(column.write);
      order.column = column.id;
      showOrder(row);
      onSort();
    });
    head.append(button);
  }
  showOrder(row);
}

function showOrder(row) {
  COLUMNS.forEach((column, index) => {
    const sorted = column.id !== order.column ? 'none' : order.descending ? 'descending' : 'ascending';
    row.children[index].setAttribute('aria-sort', sorted);
  });
}

function compare(one, other) {
  const {of} = COLUMNS.find((column) => column.id === order.column);
  const [left, right] = [of(one), of(other)];
  const up = typeof left === 'string' ? left.localeCompare(right) : (left || 0) - (right || 0);
  return (order.descending ? -up : up) || one.name.localeCompare(other.name);
}

/** The streams of some members as one list: sums, but the slowest of latencies. */
function together(members) {
  const byName = new Map();
  for (const member of members) {
    for (const stream of member.streams.values()) {
      const known = byName.get(stream.name);
      byName.set(stream.name, known ? sum(known, stream) : {...stream});
    }
  }
  return [...byName.values()];
}

function sum(one, other) {
  const both = {...one, up: one.up && other.up, leading: one.leading || other.leading};
  for (const name of ['subscriptions', 'behind', 'gaps', 'lost', 'deliveryRate']) both[name] = one[name] + other[name];
  // Each member sees all events, and keeps them.
  both.eventRate = Math.max(one.eventRate, other.eventRate);
  both.latency = [one.latency, other.latency].filter(Boolean).sort((a, b) => b.p99 - a.p99)[0] ?? null;
  return both;
}

/** Shows the streams of some members; a click on one calls back with its name. */
export function showStreams(members, onOpen) {
  const streams = together(members).sort(compare);
  const body = document.querySelector('#streams tbody');
  const focused = document.activeElement?.dataset?.stream;
  body.replaceChildren(...streams.map((stream) => {
    const row = document.createElement('tr');
    for (const column of COLUMNS) {
      const text = column.write ? column.write(column.of(stream)) : column.of(stream);
      const made = cell(row, column.id === 'name' ? '' : text, column.id === 'name' ? 'th' : 'td');
      if (column.write) made.className = 'number';
      if (column.id === 'up') made.dataset.up = stream.up;
      if (column.id === 'name') name(made, stream, onOpen);
    }
    return row;
  }));
  document.getElementById('no-streams').hidden = streams.length > 0;
  if (focused) body.querySelector(`[data-stream="${CSS.escape(focused)}"]`)?.focus();
}

function name(head, stream, onOpen) {
  head.scope = 'row';
  if (stream.template) {
    head.textContent = `${stream.name} (${format.count(stream.streams)})`;
    return;
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = stream.name;
  button.dataset.stream = stream.name;
  button.title = `Show the events of ${stream.name} as they pass`;
  button.addEventListener('click', () => onOpen(stream.name));
  head.append(button);
}

/** Shows the members of a cluster, those too that are gone. */
export function showMembers(members, isAway) {
  document.getElementById('members').hidden = members.length < 2;
  document.querySelector('#members tbody').replaceChildren(...members.map((member) => {
    const row = document.createElement('tr');
    const {report, last} = member;
    cell(row, member.name, 'th').scope = 'row';
    const away = isAway(member);
    const text = away ? `gone since ${format.time(new Date(member.heard))}` : report.ready ? 'ready' : 'not ready';
    cell(row, text).dataset.up = !away && report.ready;
    const link = document.createElement('a');
    link.href = report.url;
    link.textContent = report.url;
    cell(row, '').append(link);
    for (const value of [format.count(report.subscriptions), format.count(last?.deliveries), format.share(report.cpu)]) {
      cell(row, away ? '–' : value).className = 'number';
    }
    const leads = report.streams.filter((stream) => stream.leading).map((stream) => stream.name);
    cell(row, away || !leads.length ? '–' : leads.join(', '));
    return row;
  }));
}

/** Shows why subscriptions ended, or were refused. */
export function showEnds(members) {
  const counts = new Map();
  for (const member of members) {
    for (const stream of member.report.streams) {
      for (const [reason, number] of Object.entries(stream.closes)) add(counts, reason, number);
      for (const [reason, number] of Object.entries(stream.refused)) add(counts, `refused: ${reason}`, number);
    }
  }
  const shown = [...counts].filter(([, number]) => number > 0).sort(([, one], [, other]) => other - one);
  document.getElementById('no-ends').hidden = shown.length > 0;
  document.getElementById('ends').replaceChildren(...shown.map(([reason, number]) => {
    const tile = document.createElement('div');
    cell(tile, reason, 'dt');
    cell(tile, format.count(number), 'dd');
    return tile;
  }));
}

function add(counts, reason, number) {
  counts.set(reason, (counts.get(reason) ?? 0) + number);
}
