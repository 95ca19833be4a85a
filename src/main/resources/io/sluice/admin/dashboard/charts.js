import uPlot from './vendor/uPlot.esm.js';
import * as format from './format.js';

/** The charts, each with its lines: what is drawn, how its values are written, and what fills the height where there is less. */
const CHARTS = [
  {id: 'subscriptions', value: format.count, least: 1, lines: [['subscriptions', 'Subscriptions']]},
  {id: 'flow', value: format.count, least: 1, lines: [['deliveries', 'Delivered'], ['events', 'Events in']]},
  {id: 'latency', value: format.latency, least: 1e-3, lines: [['p99', 'p99'], ['p50', 'median']]},
  {id: 'trouble', value: format.count, least: 4, lines: [['behind', 'Behind'], ['gaps', 'Gaps a second'], ['lost', 'Lost a second']]},
  {id: 'closes', value: format.count, least: 4, lines: [['closes', 'Closed'], ['refused', 'Refused'], ['failed', 'Slow, dead or overload']]},
  {id: 'process', value: format.share, least: 0.05, lines: [['cpu', 'CPU']], second: {value: format.bytes, line: ['heap', 'Heap']}},
];

const HEIGHT = 170;
const COLOURS = ['--line-1', '--line-2', '--line-3'];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(value, side, scale) {
  return {
    scale,
    side,
    stroke: colour('--muted'),
    size: 58,
    grid: {stroke: colour('--line'), width: 1, show: side === 3},
    ticks: {show: false},
    values: (plot, values) => values.map(value),
  };
}

function options({lines, value, least, second, width, sync}) {
  const line = ([, label], index, scale, written) => ({
    label,
    scale,
    stroke: colour(COLOURS[index]),
    width: 2,
    points: {show: false},
    spanGaps: false,
    value: (plot, raw) => (raw === null ? '–' : written(raw)),
  });
  const series = [{label: 'Time', value: (plot, raw) => (raw === null ? '–' : format.time(new Date(raw * 1000)))},
    ...lines.map((one, index) => line(one, index, 'y', value))];
  const times = (plot, values) => values.map((value) => format.time(new Date(value * 1000)));
  const axes = [{stroke: colour('--muted'), grid: {show: false}, ticks: {show: false}, space: 90, size: 30, values: times}, axis(value, 3, 'y')];
  if (second) {
    series.push(line(second.line, lines.length, 'z', second.value));
    axes.push(axis(second.value, 1, 'z'));
  }
  const fromZero = (lowest) => (plot, min, max) => [0, Math.max(max ?? 0, lowest) * 1.1];
  return {
    width,
    height: HEIGHT,
    series,
    axes,
    cursor: {sync: {key: sync}, drag: {x: false, y: false}},
    scales: {y: {range: fromZero(least)}, z: {range: fromZero(1e6)}},
  };
}

/** Draws all charts in their figures, and again when the page changes its width or its colours. */
export class Charts {
  constructor() {
    this.points = [];
    this.plots = [];
    this.make();
    const again = () => {
      this.make();
      this.draw(this.points);
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
    new ResizeObserver(() => this.resize()).observe(document.querySelector('.charts'));
  }

  make() {
    this.plots.forEach(({plot}) => plot.destroy());
    this.plots = CHARTS.map((chart) => {
      const place = document.querySelector(`#chart-${chart.id} .plot`);
      const plot = new uPlot(options({...chart, width: place.clientWidth, sync: 'time'}), [[]], place);
      return {chart, place, plot};
    });
  }

  resize() {
    for (const {place, plot} of this.plots) {
      if (place.clientWidth !== plot.width) plot.setSize({width: place.clientWidth, height: HEIGHT});
    }
  }

  /** Points of history.js, oldest first. */
  draw(points) {
    this.points = points;
    const times = points.map((point) => point.time);
    for (const {chart, plot} of this.plots) {
      const lines = chart.second ? [...chart.lines, chart.second.line] : chart.lines;
      plot.setData([times, ...lines.map(([name]) => points.map((point) => point[name]))]);
      // Without a pointer on it the legend has the newest values.
      if (plot.cursor.idx == null && times.length) plot.setLegend({idx: times.length - 1});
    }
    this.describe();
  }

  /** For those who do not see the lines. */
  describe() {
    const last = this.points.at(-1);
    if (!last) return;
    for (const {chart, place} of this.plots) {
      const said = chart.lines.map(([name, label]) => `${label} ${last[name] === null ? '–' : chart.value(last[name])}`);
      if (chart.second) said.push(`${chart.second.line[1]} ${chart.second.value(last[chart.second.line[0]])}`);
      place.setAttribute('aria-label', `The last five minutes; now ${said.join(', ')}`);
    }
  }
}
