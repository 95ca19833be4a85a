/**
 * What the reports of the members say, as figures a second, for the last five minutes. Counts in a report are totals since the start of
 * its node: a rate is the difference of two, and a node that has started anew begins again.
 */
const KEPT_SECONDS = 300;

/** Members of which nothing was heard for so long are away. */
export const AWAY_SECONDS = 4;

/** What is the largest of the members'. */
const LARGEST = new Set(['events', 'p50', 'p99']);

/** The totals of a report, over all of its streams. */
function totals(report) {
  const of = (read) => report.streams.reduce((sum, stream) => sum + read(stream), 0);
  return {
    events: of((stream) => stream.events),
    deliveries: of((stream) => stream.deliveries),
    bytes: of((stream) => stream.bytes),
    gaps: of((stream) => stream.gaps),
    lost: of((stream) => stream.lost),
    closes: of((stream) => sum(stream.closes)),
    failed: of((stream) => (stream.closes.slow ?? 0) + (stream.closes.dead ?? 0) + (stream.closes.overload ?? 0)),
    refused: of((stream) => sum(stream.refused)),
  };
}

function sum(counts) {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

/** The slowest of the streams, since a median of medians is none. */
function slowest(report, quantile) {
  const known = report.streams.filter((stream) => stream.latency).map((stream) => stream.latency[quantile]);
  return known.length ? Math.max(...known) : null;
}

function rates(now, before, seconds) {
  return Object.fromEntries(Object.keys(now).map((name) => [name, (now[name] - before[name]) / seconds]));
}

/** One member: its newest report, and its points, oldest first. */
class Member {
  constructor(name) {
    this.name = name;
    this.points = [];
    this.restarts = 0;
  }

  take(report, heard) {
    const time = Date.parse(report.time) / 1000;
    const before = this.report;
    if (before && Date.parse(before.time) / 1000 >= time && before.started === report.started) return;
    const isSame = before && before.started === report.started;
    if (before && !isSame) this.restarts++;
    const seconds = isSame ? time - Date.parse(before.time) / 1000 : 0;
    this.report = report;
    this.heard = heard;
    this.streams = new Map(report.streams.map((stream) => [stream.name, this.stream(stream, before, isSame, seconds)]));
    if (seconds > 0) {
      this.points.push({
        time: Math.round(time),
        subscriptions: report.subscriptions,
        behind: report.behind,
        p50: slowest(report, 'p50'),
        p99: slowest(report, 'p99'),
        cpu: report.cpu,
        heap: report.heap.used,
        ...rates(totals(report), totals(before), seconds),
      });
    }
    while (this.points.length && this.points[0].time < time - KEPT_SECONDS) this.points.shift();
  }

  stream(stream, before, isSame, seconds) {
    const old = isSame ? before.streams.find((known) => known.name === stream.name) : undefined;
    const rate = (read) => (old && seconds > 0 ? (read(stream) - read(old)) / seconds : NaN);
    return {...stream, eventRate: rate((one) => one.events), deliveryRate: rate((one) => one.deliveries)};
  }

  get last() {
    return this.points.at(-1);
  }
}

/** All members that were heard of. */
export class History {
  constructor() {
    this.members = new Map();
  }

  /** Takes a report; tells whether its node has started anew. */
  take(report, heard) {
    const name = report.member ?? '';
    if (!this.members.has(name)) this.members.set(name, new Member(name));
    const member = this.members.get(name);
    const {restarts} = member;
    member.take(report, heard);
    return member.restarts > restarts;
  }

  /** The members that are to be seen: one, or all. */
  chosen(name) {
    const all = [...this.members.values()].filter((member) => member.report);
    return name ? all.filter((member) => member.name === name) : all;
  }

  /**
   * The points of some members as one: sums, but the slowest of latencies, and the mean of processors. The newest seconds, of which some
   * members have not told yet, come when they have.
   */
  series(members) {
    const bySecond = new Map();
    for (const member of members) {
      for (const point of member.points) {
        const others = bySecond.get(point.time) ?? [];
        others.push(point);
        bySecond.set(point.time, others);
      }
    }
    const seconds = [...bySecond.entries()].sort(([one], [other]) => one - other);
    const told = Math.max(...seconds.slice(-AWAY_SECONDS).map(([, points]) => points.length));
    const late = seconds.findLastIndex(([, points]) => points.length === told);
    return seconds.slice(0, late + 1).map(([time, points]) => together(time, points));
  }
}

function together(time, points) {
  const point = {time};
  for (const name of Object.keys(points[0])) {
    const values = points.map((one) => one[name]).filter((value) => value !== null);
    // Each member sees all events.
    if (LARGEST.has(name)) point[name] = values.length ? Math.max(...values) : null;
    else if (name === 'cpu') point[name] = values.reduce((all, one) => all + one, 0) / values.length;
    else if (name !== 'time') point[name] = values.reduce((all, one) => all + one, 0);
  }
  return point;
}
