/**
 * Follows a stream at one node. Where the node ends the response, it comes back at once, right after the last event; an EventSource would
 * wait. Where the node is gone, it says so, and tries again from time to time.
 *
 *     open() --> connecting --> live <--> connecting     `close`, as after a lifetime
 *                     \           |
 *                      +-> gone <-+                      no connection, or `close` with drain or overload
 */
import {parseObject} from './stream.js';

const RETRY_MILLIS = 2000;

/** What says that another node should be asked. */
const AWAY = ['drain', 'overload', 'dead'];

export class Tail {
  #url;
  #handlers;
  #source = null;
  #timer = 0;

  /** The id to go on after; empty until an event has come. */
  lastEventId;

  /**
   * @param url          the stream at the node, such as http://127.0.0.1:8081/events
   * @param lastEventId  the id to go on after; empty for none
   * @param handlers     onEvent({id, data}), onGap(), onState(state), with connecting, live or gone
   */
  constructor(url, lastEventId, handlers) {
    this.#url = url;
    this.lastEventId = lastEventId;
    this.#handlers = handlers;
  }

  open() {
    this.close();
    const source = this.#source = new EventSource(this.#fullUrl());
    this.#handlers.onState('connecting');
    source.addEventListener('open', () => this.#handlers.onState('live'));
    source.addEventListener('message', (e) => this.#receive(e));
    source.addEventListener('gap', (e) => this.#gap(e));
    source.addEventListener('close', (e) => this.#ended(e));
    source.addEventListener('error', () => this.#away());
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #fullUrl() {
    return this.lastEventId ? `${this.#url}?lastEventId=${encodeURIComponent(this.lastEventId)}` : this.#url;
  }

  #receive({lastEventId: id, data}) {
    this.lastEventId = id;
    this.#handlers.onEvent({id, data});
  }

  #gap({lastEventId: id}) {
    if (id) this.lastEventId = id;
    this.#handlers.onGap();
  }

  #ended({lastEventId: id, data}) {
    if (id) this.lastEventId = id;
    if (AWAY.includes(parseObject(data).reason)) this.#away();
    else this.open();
  }

  #away() {
    this.close();
    this.#timer = setTimeout(() => this.open(), RETRY_MILLIS);
    this.#handlers.onState('gone');
  }
}
