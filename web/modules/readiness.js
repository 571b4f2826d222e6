/** Whether a contact can get in: a mark, and in words what is missing, or until when they are kept out. */

/** @import { Contact } from "./api.js" */

import { html } from "./html.js";
import { firm } from "./page.js";
import { moment, staffWords } from "./words.js";

/** @param {Contact} contact */
export function readiness({ portal, overrides }) {
  const texts = staffWords;
  if (portal.status !== "ready") {
    // Where only a PIN opens, they may have another sign-in check.
    const isPin = (overrides.identity_check ?? firm().sign_in.identity_check) === "pin";
    const names = portal.missing.map((one) => (one === "gate" && isPin ? texts.gateKinds.pin : texts.missingNames[one]));
    return html`<p class="status bad">${texts.missing(names.join(", "))}</p>`;
  }
  if (portal.code_path === "closed") {
    return html`<p class="status bad">${texts.codePathClosed}</p>`;
  }
  return portal.locked_until
    ? html`<p class="status bad">${texts.lockedUntil(moment(portal.locked_until))}</p>`
    : html`<p class="status good">${texts.ready}</p>`;
}
