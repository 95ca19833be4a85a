/**
 * The stream of reports. It comes back after whatever happens to the node: an EventSource does so by itself after a broken connection, and
 * never after an answer that is no stream, so then it is made anew.
 */
const FIRST_MILLIS = 1000;
const MOST_MILLIS = 10000;

/** Calls back with each report, and with `true` or `false` when the stream opens or is lost. */
export function follow(url, {onReport, onOpen}) {
  let pause = FIRST_MILLIS;

  const open = () => {
    const source = new EventSource(url);
    source.onopen = () => {
      pause = FIRST_MILLIS;
      onOpen(true);
    };
    source.onmessage = (event) => onReport(JSON.parse(event.data));
    source.onerror = () => {
      onOpen(false);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, pause);
      pause = Math.min(2 * pause, MOST_MILLIS);
    };
  };
  open();
}
