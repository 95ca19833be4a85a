/**
 * A Sluice stream: a small class around EventSource. It knows nothing of the page.
 *
 * EventSource does most of the work: it parses, remembers the last event id, waits for `retry`, and reconnects with
 * the `Last-Event-ID` header. What it lacks is an end: it takes the end of a response for a lost connection and comes
 * back. So a Sluice server announces the end with a `close` event, and whoever wants to stop must call close() then.
 *
 *                open()            onopen
 *     closed ------------> connecting ----> open <---------+
 *       ^                      |             |  \          | onopen
 *       |  status is not 200   |             |   \         |
 *       +----------------------+             |    +--> reconnecting   connection lost; reason drain or overload;
 *       |                                    |             |          or {}, expired, slow while follow is true
 *       +------------------------------------+-------------+
 *    `close` with {}, expired, slow, end, deleted  status is not 200
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class SluiceStream {
  /** With one of these the server says "that was all". After drain, overload and the like it wants us back. */
  static #FINAL = ['lifetime', 'expired', 'slow'];

  /** After one of these there is nothing to come back to. */
  static #GONE = ['end', 'deleted'];

  /** No event has one of these types: they are the words of the server, and of the connection. */
  static #RESERVED = ['open', 'error', 'close', 'gap', 'sluice-node'];

  #url;
  #types;
  #handlers;
  #source = null;

  /** connecting, open, reconnecting or closed. */
  state = 'closed';

  /** The id to resume after; empty until an event has come. */
  lastEventId = '';

  /** The name of the node at the other end, while the stream is open; empty where that has none. */
  node = '';

  /** If true, a `close` event ends the stream only where it has an end. Otherwise EventSource comes back and resumes. May change at any time. */
  follow = false;

  /**
   * @param url       where the stream is, such as `events?topic=prices.*`, relative to the page
   * @param types     event types to listen to besides untyped events; EventSource has no listener for "all types"
   * @param handlers  onState(state, why), onEvent({id, type, data}), onGap({id, after, next, lost}), onClose(reason),
   *                  onNode(name) on open, before any event, where the node has a name;
   *                  `why` has `reason` after a close event, `refused` when the server answered anything but 200,
   *                  and on open `resumedAfter` (the id asked for, if any) and `reconnected`
   */
  constructor(url, types, handlers) {
    this.#url = url;
    this.#types = types;
    this.#handlers = handlers;
  }

  /** Opens the stream, right after the last event known. Does nothing if it is open or on its way. */
  open() {
    if (this.#source) return;
    const source = this.#source = new EventSource(this.#fullUrl());
    source.addEventListener('open', () => this.#opened());
    source.addEventListener('error', () => this.#failed());
    source.addEventListener('close', (e) => this.#closing(e));
    source.addEventListener('gap', (e) => this.#gap(e));
    source.addEventListener('sluice-node', (e) => this.#named(e));
    for (const type of new Set(['message', ...this.#types])) {
      if (!SluiceStream.#RESERVED.includes(type)) {
        source.addEventListener(type, (e) => this.#received(e));
      }
    }
    this.#become('connecting', {resumedAfter: this.lastEventId});
  }

  /** Closes for good; no event comes after this. */
  close(why = {}) {
    if (!this.#source) return;
    this.#source.close();
    this.#source = null;
    this.#become('closed', why);
  }

  /**
   * A new EventSource has no last id and no way to be given one, hence the query parameter. It stays in the URL when
   * this EventSource reconnects by itself; the server prefers the header, which is newer.
   *
   * And `node` asks which node this is. Its answer comes in the stream: behind a load balancer any other request may end
   * at another node, and an EventSource shows nobody its response's headers.
   */
  #fullUrl() {
    const asked = this.lastEventId ? `node&lastEventId=${encodeURIComponent(this.lastEventId)}` : 'node';
    return `${this.#url}${this.#url.includes('?') ? '&' : '?'}${asked}`;
  }

  #opened() {
    this.#become('open', {resumedAfter: this.lastEventId, reconnected: this.state === 'reconnecting'});
  }

  #failed() {
    if (this.#source.readyState === EventSource.CLOSED) {
      this.close({refused: true});
    } else if (this.state !== 'reconnecting') {
      // Not twice: the error that follows a close event would hide its reason, and each failed attempt fires one.
      this.#become('reconnecting', {});
    }
  }

  #received(event) {
    this.#remember(event);
    this.#handlers.onEvent({id: event.lastEventId, type: event.type, data: event.data});
  }

  #named(event) {
    this.node = String(parseObject(event.data).name ?? '');
    this.#handlers.onNode(this.node);
  }

  #gap(event) {
    this.#remember(event);
    const {after = null, next = null, lost = null} = parseObject(event.data);
    this.#handlers.onGap({id: event.lastEventId, after, next, lost});
  }

  #closing(event) {
    this.#remember(event);
    const reason = parseObject(event.data).reason ?? 'lifetime';
    this.#handlers.onClose(reason);
    if (SluiceStream.#GONE.includes(reason) || (!this.follow && SluiceStream.#FINAL.includes(reason))) {
      this.close({reason});
    } else {
      this.#become('reconnecting', {reason});
    }
  }

  /**
   * The close event has no id of its own, yet carries the position: the block before it sets the last id and fires
   * nothing. An overloaded server sends no id at all; the empty id of a new EventSource must not wipe out ours.
   */
  #remember(event) {
    if (event.lastEventId) this.lastEventId = event.lastEventId;
  }

  #become(state, why) {
    this.state = state;
    this.node = ''; // A stream that has just opened is told it next.
    this.#handlers.onState(state, why);
  }
}

/** @return the object that the text is in JSON, or an empty one */
export function parseObject(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
