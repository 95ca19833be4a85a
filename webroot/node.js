/** What the node says of itself at demo.json; see src/docs/demo.md. */
let asked = null;

/** @return {version, member, members, streams, scenes}, or null where the node says nothing; it is asked once */
export function describeNode() {
  asked ??= ask(document.baseURI);
  return asked;
}

/**
 * Asks now, this node or another one.
 *
 * @param base where the node is, such as http://127.0.0.1:8081/
 */
export async function ask(base) {
  try {
    const response = await fetch(new URL('demo.json', base), {signal: AbortSignal.timeout(3000)});
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
