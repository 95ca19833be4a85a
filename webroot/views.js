/**
 * The page has some views, and the fragment of its address says which one shows: `#ask` and `#ask/<conversation>` are the questions,
 * `#board`, `#prices`, `#cut` and `#cluster` what they say, and anything else is the events.
 */
const VIEWS = ['events', 'board', 'ask', 'prices', 'cut', 'cluster'];
const ASK = /^#ask(?:\/([A-Za-z0-9_~-]{1,64}))?$/;

const listeners = [];

/** Calls the listener with what the address says, {view, conversation}, now and at each change. */
export function onView(listener) {
  listeners.push(listener);
  listener(addressed());
}

/** Calls the action once: now, or when the visitor comes to the view. */
export function whenFirstShown(name, action) {
  let done = false;
  onView(({view}) => {
    if (done || view !== name) return;
    done = true;
    action();
  });
}

/** The fragment of a conversation, or of the view without one. */
export function fragmentOf(conversation) {
  return conversation ? `#ask/${conversation}` : '#ask';
}

function addressed() {
  const ask = ASK.exec(location.hash);
  const named = location.hash.slice(1);
  return {view: ask ? 'ask' : VIEWS.includes(named) ? named : VIEWS[0], conversation: ask?.[1] ?? ''};
}

function show({view}) {
  for (const name of VIEWS) {
    document.getElementById(`${name}-view`).hidden = name !== view;
    if (name === view) document.getElementById(`to-${name}`).setAttribute('aria-current', 'page');
    else document.getElementById(`to-${name}`).removeAttribute('aria-current');
  }
}

addEventListener('hashchange', () => listeners.forEach((listener) => listener(addressed())));
onView(show);
