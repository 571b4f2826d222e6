/** Whether a contact can get in: a mark, and in words what is missing. */

/** @import { Contact } from "./api.js" */

import { staffWords } from "./words.js";
import { html } from "./html.js";

/** @param {Contact} contact */
export function readiness({ portal }) {
  const texts = staffWords;
  return portal.status === "ready"
    ? html`<p class="status good">${texts.ready}</p>`
    : html`<p class="status bad">${texts.missing(portal.missing.map((one) => texts.missingNames[one]).join(", "))}</p>`;
}
