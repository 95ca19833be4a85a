/** Wires the view of the questions to a conversation. */
import {Conversation} from './conversation.js';
import {copyOf} from './copying.js';
import {fragmentOf, onView} from './views.js';

const $ = (id) => document.getElementById(id);

/** How to start a node that answers. */
const START = 'Start it so that it does: java -jar target/sluice.jar';

const REFUSALS = {
  0: 'The node cannot be reached.',
  403: `This node takes no questions from this page. ${START}`,
  404: `Nobody answers at this node: it has no chat/*, or no verticle that answers. ${START}`,
  405: `This node takes no questions: it has no signals for everybody. ${START}`,
  413: 'The question is too long.',
  421: 'This node takes questions only under a name of its own, such as its IP address; http.hosts can name more.',
  503: 'The node is busy. Ask again in a moment.',
};

const STATES = {
  waiting: ['Ask', 'The answer comes token by token, and each token is an event.'],
  asked: ['Asked', 'A verticle has the question.'],
  answering: ['Answering', 'Reload in the middle: nothing is lost, and nothing comes twice.'],
  silent: ['Silent', 'Nothing has come for 10 seconds. Whatever answered may be gone: ask again.'],
  gone: ['Gone', 'This conversation is no longer kept, or the node has no streams chat/*. Ask, and a new one begins.'],
};

const ENDINGS = {
  complete: ['Answered', (tokens) => `${tokens} ${tokens === 1 ? 'token' : 'tokens'}`],
  stopped: ['Stopped', (tokens) => `stopped after ${tokens} ${tokens === 1 ? 'token' : 'tokens'}`],
  busy: ['Busy', () => 'too many answers at a time: ask again'],
};

let conversation = null;
let turns = [];

/** Shows a conversation, the empty one if there is no id. */
function show(id) {
  if ((conversation?.id ?? '') === id) return;
  conversation?.close();
  forget();
  if (id) {
    conversation = begin(id);
    conversation.open();
  }
  showLinks();
}

function forget() {
  conversation = null;
  turns = [];
  $('turns').replaceChildren();
  showState('waiting');
}

function begin(id) {
  return new Conversation(id, {
    onState: showState,
    onQuestion: showQuestion,
    onToken: showToken,
    onEnd: showEnd,
    onGap: (turn) => { turnOf(turn).note.textContent = 'some of it was lost'; },
    onGone: () => { forget(); showState('gone'); },
    onTrouble: (text) => { $('ask-detail').textContent = text; },
  });
}

/** The state that waits for the next question leaves the words of the last answer where they are. */
function showState(state) {
  const last = turns.at(-1);
  if (state !== 'waiting' || !last?.ended) headline(state, ...STATES[state]);
  const busy = state === 'asked' || state === 'answering';
  const hadFocus = document.activeElement === $('stop') || document.activeElement === $('ask');
  $('ask').disabled = busy;
  $('stop').hidden = !busy;
  $('again').hidden = busy || !last;
  // A button that goes takes the keyboard's place on the page with it.
  if (hadFocus) (busy ? $('stop') : last ? $('again') : $('question')).focus();
}

function headline(state, words, detail) {
  $('ask-state').dataset.state = state;
  $('ask-state').textContent = words;
  $('ask-detail').textContent = detail;
}

/** An answer that begins anew comes with its question again. */
function showQuestion(number, text) {
  const turn = turnOf(number);
  if ($('question').value === text) $('question').value = '';
  turn.question.textContent = text;
  turn.answer.replaceChildren();
  turn.note.textContent = '';
  turn.tokens = 0;
}

function showToken(number, text) {
  const turn = turnOf(number);
  turn.answer.append(text);
  turn.tokens++;
}

function showEnd(number, reason) {
  const turn = turnOf(number);
  const [words, detail] = ENDINGS[reason] ?? ENDINGS.complete;
  turn.ended = true;
  turn.answer.ariaBusy = 'false';
  turn.note.textContent = detail(turn.tokens);
  headline('ended', words, 'The stream of the answer has ended. It is kept for a while.');
}

/** The place of an answer on the page. */
function turnOf(number) {
  let turn = turns.find((known) => known.number === number);
  if (!turn) {
    turn = {number, tokens: 0, ended: false, ...places(number)};
    turns.push(turn);
    $('turns').prepend(turn.item);
    showLinks();
  }
  return turn;
}

/** A screen reader reads the answer when it is whole, and not each of its tokens. */
function places(number) {
  const [item, question, answer, note] = ['li', 'h3', 'p', 'p'].map((name) => document.createElement(name));
  item.className = 'turn';
  item.dataset.turn = number;
  answer.className = 'answer';
  answer.ariaLive = 'polite';
  answer.ariaBusy = 'true';
  note.className = 'note';
  item.append(question, answer, note);
  return {item, question, answer, note};
}

async function ask(question) {
  conversation ??= begin(newId());
  const asked = conversation;
  const status = await asked.ask(question);
  if (asked !== conversation) return;
  if (status === 202) {
    location.hash = fragmentOf(asked.id);
    showLinks();
  } else {
    headline('refused', 'Not asked', REFUSALS[status] ?? `The node refused the question with status ${status}.`);
  }
}

async function stop() {
  const status = await conversation.stop();
  if (status !== 202) $('ask-detail').textContent = REFUSALS[status] ?? `The node refused to stop, with status ${status}.`;
}

/** Random, since who knows it may read the conversation. Not randomUUID(), which a page over plain HTTP has only on localhost. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function showLinks() {
  const fragment = fragmentOf(conversation?.id);
  const link = new URL(fragment, location.href);
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
  $('to-ask').href = fragment;
  $('share').hidden = !conversation?.turn;
  $('link').href = link.href;
  $('link').textContent = link.href;
  $('local').hidden = !local;
  $('local-name').textContent = location.hostname;
  $('ask-curl').textContent = curl();
}

/** A shell takes `?` for its own. */
function curl() {
  const url = new URL(conversation?.url ?? 'chat/mine', document.baseURI).href;
  const signal = conversation?.turn ? `-X POST '${url}?signal=stop'`
    : `-H 'Content-Type: text/plain' -d 'What is a sluice?' '${url}?signal=ask'`;
  return `curl ${signal}\ncurl -N ${url}`;
}

$('ask-form').addEventListener('submit', (event) => {
  event.preventDefault();
  ask($('question').value);
});
$('again').addEventListener('click', () => ask(turns.at(-1).question.textContent));
$('stop').addEventListener('click', stop);
$('copy-link').addEventListener('click', () => copyOf($('link'), $('copy-link')));
$('copy-ask').addEventListener('click', () => copyOf($('ask-curl'), $('copy-ask')));
showState('waiting');
showLinks();
onView(({view, conversation: id}) => { if (view === 'ask') show(id); });
