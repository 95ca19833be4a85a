/** Numbers as a person reads them. What is not known is a dash. */
const UNKNOWN = '–';
const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A count or a rate: 7, 1.2k, 34k, 5.6M. */
export function count(value) {
  if (!Number.isFinite(value)) return UNKNOWN;
  for (const [unit, letter] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
    if (Math.abs(value) >= unit) return digits(value / unit) + letter;
  }
  return value === Math.round(value) ? String(value) : value.toFixed(1);
}

/** A size in bytes: 340 B, 3.4 MB. */
export function bytes(value) {
  if (!Number.isFinite(value)) return UNKNOWN;
  let unit = 0;
  let size = value;
  while (size >= 1000 && unit < SIZES.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(size) : digits(size)} ${SIZES[unit]}`;
}

/** Seconds of a latency: 85 µs, 1.8 ms, 2.4 s. */
export function latency(value) {
  if (!Number.isFinite(value)) return UNKNOWN;
  if (value < 1e-3) return `${Math.round(value * 1e6)} µs`;
  return value < 1 ? `${digits(value * 1e3)} ms` : `${digits(value)} s`;
}

/** A part of one, as per cent. */
export function share(value) {
  return Number.isFinite(value) ? `${Math.round(value * 100)} %` : UNKNOWN;
}

/** Seconds of a long time, in its two largest units: 45 s, 3 min 5 s, 2 d 4 h. */
export function duration(value) {
  if (!Number.isFinite(value)) return UNKNOWN;
  const seconds = Math.max(0, Math.round(value));
  const parts = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return first < 0 ? '0 s' : parts.slice(first, first + 2).filter(([amount]) => amount > 0).map((part) => part.join(' ')).join(' ');
}

/** The time of day of a date. */
export function time(date) {
  return date.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit', second: '2-digit'});
}

function digits(value) {
  return Math.abs(value) < 10 ? value.toFixed(1) : String(Math.round(value));
}
