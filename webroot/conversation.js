import {SluiceStream, parseObject} from './stream.js';

/** A token comes every 20 ms; after so long without one, nothing may come any more. */
const SILENCE = 10_000;

/**
 * A conversation: questions and answers. Each answer is a stream of its own, `chat/<id>.1`, `chat/<id>.2` and so on, which begins with
 * the question and has an end. This class knows nothing of the page.
 *
 *     waiting ---- ask() ----> asked ---- `question` ----> answering ---- the stream ends ----> waiting, at the next stream
 *        |                       |                          |     ^
 *        |                       +------- silence ------> silent  | anything comes
 *        +-- `question`, by another tab --> answering       +-----+
 *
 * A reader of a stream that is not there yet waits for it. So each tab that has read all answers waits for the next, and
 * all of them show the same. A question and `stop` are signals: they go to the verticle that answers, and into no stream.
 */
export class Conversation {
  #handlers;
  #stream = null;
  #silence = null;
  #reason = '';

  /** The number of the stream that is read now: 1 for the first. */
  turn = 0;

  /** waiting, asked, answering, silent or closed. */
  state = 'closed';

  /**
   * @param id        letters and digits that nobody guesses: who knows them may read
   * @param handlers  onState(state), onQuestion(turn, text), which may come again if the answer begins anew, onToken(turn, text),
   *                  onEnd(turn, reason), where the reason is complete, stopped, busy or empty, onGap(turn), onGone(), onTrouble(text)
   */
  constructor(id, handlers) {
    this.id = id;
    this.#handlers = handlers;
  }

  /** The stream that is read now, relative to the page: a proxy may have both below a prefix. */
  get url() {
    return `chat/${this.id}.${Math.max(1, this.turn)}`;
  }

  /** Reads all answers, and waits for the next one. Does nothing if it does so already. */
  open() {
    if (!this.#stream) this.#follow(1);
  }

  close() {
    clearTimeout(this.#silence);
    this.state = 'closed';
    const stream = this.#stream;
    this.#stream = null; // First: what it says of its end is for nobody.
    stream?.close();
  }

  /** Asks the question at the stream that is read now. @return the response's status, 0 if there was none; 202 is success */
  async ask(question) {
    const status = await this.#signal('ask', question);
    if (status === 202) {
      this.open();
      if (this.state !== 'answering') this.#become('asked');
    }
    return status;
  }

  /** Has the verticle stop. @return as of ask() */
  stop() {
    return this.#signal('stop', '');
  }

  async #signal(signal, body) {
    try {
      const response = await fetch(`${this.url}?signal=${signal}`, {
        method: 'POST', headers: {'Content-Type': 'text/plain'}, body, signal: AbortSignal.timeout(SILENCE),
      });
      return response.status;
    } catch {
      return 0;
    }
  }

  #follow(turn) {
    this.turn = turn;
    this.#reason = '';
    const mine = (handle) => (...words) => { if (this.#stream === stream) handle(...words); };
    const stream = this.#stream = new SluiceStream(`${this.url}?replay=all`, ['question', 'done'], {
      onState: mine((state, why) => this.#connection(state, why)),
      onEvent: mine((event) => this.#received(event)),
      onGap: mine(() => this.#handlers.onGap(turn)),
      onClose: () => {},
      onNode: () => {},
    });
    stream.follow = true; // Only the end of the stream is the end of the answer.
    stream.open();
    this.#become('waiting');
  }

  #connection(state, {reason, refused}) {
    if (state !== 'closed') return;
    if (reason === 'end') this.#ended();
    else if (reason === 'deleted') this.#gone();
    else if (refused) this.#refused();
  }

  #received({type, data}) {
    if (type === 'done') {
      this.#reason = String(parseObject(data).reason ?? '');
      return;
    }
    this.#become('answering');
    if (type === 'question') this.#handlers.onQuestion(this.turn, data);
    else this.#handlers.onToken(this.turn, data);
  }

  #ended() {
    clearTimeout(this.#silence);
    this.#handlers.onEnd(this.turn, this.#reason || 'complete');
    this.#follow(this.turn + 1);
  }

  #gone() {
    this.close();
    this.#handlers.onGone();
  }

  /** An EventSource does not tell the status that ended it: 204 after the end of the stream, 404 when it is gone. */
  async #refused() {
    const stream = this.#stream;
    const status = await this.#status(stream.lastEventId);
    if (this.#stream !== stream) return;
    if (status === 204) this.#ended();
    else if (status === 404) this.#gone();
    else if (status === 200) stream.open();
    else this.#handlers.onTrouble(`The server refused the connection${status ? ` with status ${status}` : ''}.`);
  }

  async #status(lastEventId) {
    const leave = new AbortController();
    try {
      const headers = lastEventId ? {'Last-Event-ID': lastEventId} : {};
      const response = await fetch(this.url, {headers: {Accept: 'text/event-stream', ...headers}, signal: leave.signal});
      return response.status;
    } catch {
      return 0;
    } finally {
      leave.abort();
    }
  }

  #become(state) {
    clearTimeout(this.#silence);
    if (state === 'asked' || state === 'answering') {
      this.#silence = setTimeout(() => this.#become('silent'), SILENCE);
    }
    if (this.state === state) return;
    this.state = state;
    this.#handlers.onState(state);
  }
}
