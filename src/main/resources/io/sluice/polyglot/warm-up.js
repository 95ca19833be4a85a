// Runs once, off the event loops: see JsEngine. It does a little of all that scripts do.
const sleep = { then: resolve => resolve() };

export async function vertxStart() {
  await sleep;
  const { list: [first, ...rest], ...others } = JSON.parse('{"list":[1,2],"a":{"b":null}}');
  const text = `${first} ${rest.map(n => n * 2).join()} ${JSON.stringify(others)} ${new Date(0).toISOString()}`;
  for (const [key, value] of Object.entries(others)) new Map().set(key, value?.b ?? text.replace(/\d+/g, ''));
  try {
    null.member;
  } catch (error) {
    return Math.random().toString(36) + error.stack;
  }
}

await vertxStart();
