/**
 * A field with one of a few values.
 *
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { html } from "./html.js";

/**
 * @template {string} V
 * @param {object} field
 * @param {string} field.id
 * @param {string} field.label
 * @param {[V, string][]} field.options values, each with what it is called
 * @param {V} field.value
 * @param {(value: V) => void} field.chosen
 * @returns {TemplateResult}
 */
export function select({ id, label, options, value, chosen }) {
  const change = (/** @type {Event} */ event) => chosen(/** @type {V} */ (/** @type {HTMLSelectElement} */ (event.target).value));
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <select id=${id} @change=${change}>
        ${options.map(([one, text]) => html`<option value=${one} .selected=${one === value} .textContent=${text}></option>`)}
      </select>
    </div>
  `;
}
