import {parseObject} from './stream.js';

/** How many entries the list keeps, and how many wait while it is paused. */
export const LIMIT = 200;

/** An event may be as large as the server allows (256 kB); the list shows the beginning. */
const MAX_TEXT = 2000;

/**
 * The list of events, newest first. All entries go through one bounded buffer, so that a burst costs one change of the
 * page, and pausing is nothing but leaving them there. What falls out of the full buffer would have fallen out of the
 * list as well.
 */
export class MessageList {
  #list;
  #onWaiting;
  #buffer = [];
  #overflowed = false;
  #paused = false;
  #timer = null;

  /** @param onWaiting called with the number of events that wait, and whether older ones were dropped */
  constructor(list, onWaiting) {
    this.#list = list;
    this.#onWaiting = onWaiting;
  }

  get paused() {
    return this.#paused;
  }

  /** @param entry {kind, text, id}; kind is message, other, gap or note and becomes the class of the list item */
  add(entry) {
    this.#buffer.push(entry);
    if (this.#buffer.length > LIMIT) {
      this.#buffer.shift();
      this.#overflowed = true;
    }
    if (this.#paused) {
      this.#tellWaiting();
    } else {
      // A timer and not requestAnimationFrame, which stands still in a hidden tab.
      this.#timer ??= setTimeout(() => this.#show(), 16);
    }
  }

  pause() {
    this.#show();
    this.#paused = true;
  }

  resume() {
    this.#paused = false;
    this.#show();
    this.#tellWaiting();
  }

  #show() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#list.prepend(...this.#buffer.map(listItem).reverse());
    this.#buffer = [];
    this.#overflowed = false;
    while (this.#list.childElementCount > LIMIT) this.#list.lastElementChild.remove();
  }

  #tellWaiting() {
    this.#onWaiting(this.#buffer.filter((entry) => entry.kind !== 'note').length, this.#overflowed);
  }
}

/** What the list shows for an event: `{"message", "timestamp"}` as a sentence, anything else as it came. */
export function describe({id, type, data}) {
  const label = type === 'message' ? '' : `${type}: `;
  const {message, timestamp} = parseObject(data);
  if (!label && typeof message === 'string' && typeof timestamp === 'string') {
    return {kind: 'message', id, text: `Message: ${message} at ${timestamp}`};
  }
  return {kind: 'other', id, text: label + data};
}

/** The words for a gap; `lost` is null where nobody can know. */
export function describeGap({id, after, next, lost}) {
  const text = !Number.isInteger(lost) ? 'Some events were lost here'
    : lost === 1 ? '1 event was lost here' : `${lost} events were lost here`;
  return {kind: 'gap', id, text, title: `after ${after ?? 'an unknown event'}, before ${next ?? 'the next event'}`};
}

/** The id is an attribute that the style sheet shows, so that the text of the item is the message and nothing else. */
function listItem({kind, text, id, title}) {
  const item = document.createElement('li');
  item.className = kind;
  item.textContent = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} … (${text.length} characters)` : text;
  if (id) item.dataset.id = id;
  if (title) item.title = title;
  return item;
}
