/** Copying text for who needs it elsewhere. */

/**
 * Copies what `element` holds. Where the browser does not allow that, it is selected, so that its owner copies it.
 *
 * @param {Element | null} element
 * @param {string} text
 * @returns {Promise<boolean>} whether it is copied
 */
export async function copy(element, text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (element) {
      getSelection()?.selectAllChildren(element);
    }
    return false;
  }
}
