/**
 * Taking someone's second factor away, for who has lost it: not by one press alone, and with a reason. What was typed stays until it is done. The view
 * shows it, and `open` leads to it.
 *
 * @import { Proof } from "./act.js"
 * @import { Errors } from "./form.js"
 */

import { acting } from "./act.js";
import { field, onSubmit, showErrors, summary, typedInto } from "./form.js";
import { html } from "./html.js";
import { drawAndFocus, saying } from "./page.js";
import { staffWords, words } from "./words.js";

/**
 * @param {string} whose what names them among the forms of this tab
 * @param {(reason: string) => Promise<void>} does
 * @param {Proof} proof asks for the fresh proof that it takes
 */
export function resetFactor(whose, does, proof) {
  const typed = typedInto(`reset:${whose}`, { isOpen: false, reason: "" });
  const act = acting(proof);
  /** @type {Errors} */
  let errors = {};

  function submit() {
    if (!typed.reason.trim()) {
      errors = { reason: () => staffWords.resetFactorEmpty };
      showErrors();
      return;
    }
    act(
      async () => {
        errors = {};
        await does(typed.reason);
        Object.assign(typed, { isOpen: false, reason: "" }).forget();
      },
      (refusal) => {
        errors = refusal.fields.reason ? { reason: () => staffWords.resetFactorLong } : { form: () => saying(refusal) };
        showErrors();
      },
      () => staffWords.resetFactor,
    );
  }

  /** @param {Event} event */
  function turned({ currentTarget }) {
    typed.isOpen = /** @type {HTMLDetailsElement} */ (currentTarget).open;
    typed.keep();
  }

  function open() {
    typed.isOpen = true;
    typed.keep();
    drawAndFocus("#reason");
  }

  function view() {
    const texts = staffWords;
    return html`
      <details .open=${typed.isOpen} @toggle=${turned}>
        <summary>${texts.resetFactor}</summary>
        <p>${texts.resetFactorText}</p>
        ${summary(errors)}
        <form novalidate @submit=${onSubmit(submit)}>
          ${field({
            id: "reason",
            label: texts.resetFactorReason,
            hint: texts.resetFactorHint,
            value: typed.reason,
            typed: (value) => {
              typed.reason = value;
              typed.keep();
            },
            errors,
          })}
          <button class="second" aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : texts.resetFactorNow}</button>
        </form>
      </details>
    `;
  }

  return Object.assign(view, { open });
}
