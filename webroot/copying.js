/**
 * Copies the text of an element, and says so on the button. The clipboard is there only on https and localhost; elsewhere the text is
 * selected, ready for Ctrl+C.
 */
export async function copyOf(element, button) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(element);
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
}
