/** Whether a contact can get in: a mark, and in words what is missing. */

/** @import { Contact } from "./api.js" */

import { staffWords } from "./staff-words.js";
import { html } from "../vendor/lit.js";

/** @param {Contact} contact */
export function missingOf({ portal }) {
  const texts = staffWords();
  return portal.missing.map((missing) => texts.missingNames[missing]).join(", ");
}

/** @param {Contact} contact */
export function readiness(contact) {
  const texts = staffWords();
  return contact.portal.status === "ready"
    ? html`<p class="status good">${texts.ready}</p>`
    : html`<p class="status bad">${texts.missing(missingOf(contact))}</p>`;
}
