/**
 * The field for a gate, and what is said of it.
 */

import { field } from "./form.js";
import { firm } from "./page.js";
import { bare } from "./typed.js";
import { words } from "./words.js";
import { html, nothing } from "./html.js";

/** @import { Errors } from "./form.js" */

/** What is sent in place of a text without digits: it may be a saved password, which is nobody's business. */
export const NO_DIGITS = "autofill";

/** What to ask for, as the firm checks it. */
export const gateLabel = () => (firm().sign_in.identity_check === "pin" ? words.pinLabel : words.gateLabel);

/**
 * The field of a gate. A whole SSN is cut to its last four before the person's eyes.
 *
 * @param {{ value: string, wasCut: boolean, errors: Errors, typed: (value: string, wasCut: boolean) => void }} gate
 */
export function gateField({ value, wasCut, errors, typed }) {
  return html`
    ${field({
      id: "digits",
      label: gateLabel(),
      hint: words.gateHint,
      value,
      errors,
      inputmode: "numeric",
      short: true,
      typed: (text, input) => {
        const whole = bare(text);
        const isWhole = /^\d{9}$/.test(whole);
        if (isWhole) {
          input.value = whole.slice(-4);
        }
        typed(input.value, isWhole);
      },
    })}
    <p class="note" role="status">${wasCut ? words.gateCut : nothing}</p>
  `;
}

/**
 * What is wrong with a gate, in words.
 *
 * @param {"empty" | "text" | "length"} wrong
 */
export function gateError(wrong) {
  return () => ({ empty: words.gateEmpty, text: words.gateText, length: words.gateLength })[wrong];
}
