/** Whether a contact can get in: a mark, and in words what is missing, or until when they are kept out. */

/** @import { Contact } from "./api.js" */

import { html } from "./html.js";
import { moment, staffWords } from "./words.js";

/** @param {Contact} contact */
export function readiness({ portal }) {
  const texts = staffWords;
  if (portal.status !== "ready") {
    return html`<p class="status bad">${texts.missing(portal.missing.map((one) => texts.missingNames[one]).join(", "))}</p>`;
  }
  if (portal.code_path === "closed") {
    return html`<p class="status bad">${texts.codePathClosed}</p>`;
  }
  return portal.locked_until
    ? html`<p class="status bad">${texts.lockedUntil(moment(portal.locked_until))}</p>`
    : html`<p class="status good">${texts.ready}</p>`;
}
