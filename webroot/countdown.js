/** The lifetime of a subscription as a Sluice node has it by default; the first close tells the real one. */
const DEFAULT_LIFETIME = 10_000;

/** A stream that lives on for so long after its time has no limit, or one that is yet to be learned. */
const SLACK = 2_000;

/** Milliseconds between two updates. */
const STEP = 100;

/** How long the server leaves the stream open. It is not on the wire, so it is measured, from open to close. */
export class Countdown {
  #show;
  #lifetime = DEFAULT_LIFETIME;
  #openedAt = 0;
  #timer = null;

  /** @param show called with the milliseconds left and the lifetime, or with null when there is nothing to count */
  constructor(show) {
    this.#show = show;
  }

  /** What the server has said of it, in milliseconds; 0 for one without an end. */
  set lifetime(millis) {
    this.#lifetime = millis;
  }

  start() {
    this.stop();
    if (!this.#lifetime) return;
    this.#openedAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), STEP);
    this.#tick();
  }

  stop() {
    clearInterval(this.#timer);
    this.#show(null, this.#lifetime);
  }

  /** Call when the lifetime was over, and only then: a node that drains closes early. @return it, in milliseconds */
  learn() {
    this.#lifetime = performance.now() - this.#openedAt;
    return this.#lifetime;
  }

  #tick() {
    const left = this.#lifetime - (performance.now() - this.#openedAt);
    if (left < -SLACK) {
      this.stop();
    } else {
      this.#show(Math.max(0, left), this.#lifetime);
    }
  }
}
