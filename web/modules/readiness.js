/** Whether a contact can get in: a mark, and in words what is missing, or until when they are kept out. */

/** @import { Contact } from "./api.js" */

import { html } from "./html.js";
import { firm } from "./page.js";
import { moment, staffWords } from "./words.js";

/** @param {Contact} contact */
export function readiness(contact) {
  const problem = problemOf(contact);
  return html`<p class=${problem ? "status bad" : "status good"}>${problem ?? staffWords.ready}</p>`;
}

/** The worst of what keeps them out, if anything does. @param {Contact} contact */
function problemOf({ portal, overrides }) {
  const texts = staffWords;
  const { status, missing, code_path: path, locked_until: until } = portal;
  if (status === "missing") {
    // Where only a PIN opens, they may have another sign-in check.
    const isPin = (overrides.identity_check ?? firm().sign_in.identity_check) === "pin";
    return texts.missing(missing.map((one) => (one === "gate" && isPin ? texts.gateKinds.pin : texts.missingNames[one])).join(", "));
  }
  if (path === "closed") {
    return texts.codePathClosed;
  }
  return until ? texts.lockedUntil(moment(until)) : status === "locked" ? texts.locked : undefined;
}
