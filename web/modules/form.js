/**
 * Forms: fields with their label, hint and error, the list of all errors above them, and what was typed so far.
 *
 * Errors are kept as functions that say them, so that they speak the language of the moment.
 *
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { drawAndFocus, jump } from "./page.js";
import { tab } from "./store.js";
import { words } from "./words.js";
import { html, nothing } from "./html.js";

/** @typedef {Record<string, (() => string) | undefined>} Errors what is wrong, by the id of the field; `form` for what is no field's */

/**
 * @typedef {object} Field
 * @property {string} id
 * @property {string} label
 * @property {string} [hint]
 * @property {string} value
 * @property {(value: string, input: HTMLInputElement | HTMLTextAreaElement) => void} typed
 * @property {Errors} errors
 * @property {string} [type]
 * @property {string} [autocomplete]
 * @property {string} [inputmode]
 * @property {boolean} [short] whether it holds a few characters only
 * @property {boolean} [isLong] whether it holds several lines
 * @property {TemplateResult} [beside] what stands between the hint and the input
 */

/** @param {Field} field */
export function field(field) {
  const { id, label, hint, value, typed, errors, type = "text", autocomplete = "off", inputmode, short, isLong, beside } = field;
  const error = errors[id];
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const read = (/** @type {Event} */ { target }) => {
    const input = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (target);
    typed(input.value, input);
  };
  const long = html`
    <textarea id=${id} name=${id} rows="4" aria-describedby=${described || nothing} aria-invalid=${error ? "true" : nothing} .value=${value} @input=${read}></textarea>
  `;
  return html`
    <div class=${error ? "field wrong" : "field"}>
      <label for=${id}>${label}</label>
      ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing} ${beside ?? nothing}
      ${error ? html`<p class="error" id="${id}-error">${error()}</p>` : nothing}
      ${isLong
        ? long
        : html`<input
          id=${id}
          name=${id}
          type=${type}
          class=${short ? "short" : nothing}
          autocomplete=${autocomplete}
          inputmode=${inputmode ?? nothing}
          autocapitalize="off"
          spellcheck="false"
          data-1p-ignore=${autocomplete === "off" ? "" : nothing}
          data-lpignore=${autocomplete === "off" ? "true" : nothing}
          aria-describedby=${described || nothing}
          aria-invalid=${error ? "true" : nothing}
          .value=${value}
          @input=${read}
        />`}
    </div>
  `;
}

/**
 * All errors, each leading to its field; one alone is read where it stands.
 *
 * @param {Errors} errors
 */
export function summary(errors) {
  const wrong = Object.entries(errors).filter(([, error]) => error);
  if (wrong.length === 0 || (wrong.length === 1 && !errors.form)) {
    return nothing;
  }
  return html`
    <div class="summary" id="errors" tabindex="-1" role="alert">
      ${wrong.length > 1 ? html`<h2>${words.errorsTitle}</h2>` : nothing}
      <ul>
        ${wrong.map(([id, error]) => html`<li>${id === "form" ? error?.() : html`<a href="#${id}" @click=${jump}>${error?.()}</a>`}</li>`)}
      </ul>
    </div>
  `;
}

/** Draws, and moves the keyboard to the errors, or to the field of the only one. */
export function showErrors() {
  drawAndFocus("#errors", "[aria-invalid=true]");
}

/**
 * The listener of a form: the browser neither sends it anywhere nor checks it.
 *
 * @param {() => void} submitted
 */
export const onSubmit = (submitted) => (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  readFields();
  submitted();
};

/** Takes what stands in the fields now: programs that fill them in do not always say so. */
export function readFields() {
  for (const input of document.querySelectorAll(":is(main, footer) :is(textarea, input:not([type=file], [type=radio], [type=checkbox]))")) {
    input.dispatchEvent(new Event("input"));
  }
}

/**
 * What was typed into a form of this tab before it was reloaded or the session ended. Gate digits and codes never belong here.
 *
 * @template {Record<string, unknown>} T
 * @param {string} form
 * @param {T} blank
 * @returns {T & { keep(): void, forget(): void }}
 */
export function typedInto(form, blank) {
  const name = `typed:${form}`;
  const values = { ...blank, ...tab.read(name) };
  const means = { keep: { value: () => tab.write(name, values) }, forget: { value: () => tab.write(name, undefined) } };
  return /** @type {T & { keep(): void, forget(): void }} */ (Object.defineProperties(values, means));
}
