/**
 * A field with one of a few values.
 *
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { html, nothing } from "./html.js";

/**
 * @template {string} V
 * @param {object} field
 * @param {string} field.id
 * @param {string} field.label
 * @param {[V, string][]} field.options values, each with what it is called
 * @param {[string, [V, string][]][]} [field.groups] more of them, in groups with a name
 * @param {V} field.value
 * @param {string} [field.note] what is to be said of the value as it stands
 * @param {(value: V) => void} field.chosen
 * @returns {TemplateResult}
 */
export function select({ id, label, options, groups = [], value, note, chosen }) {
  const change = (/** @type {Event} */ event) => chosen(/** @type {V} */ (/** @type {HTMLSelectElement} */ (event.target).value));
  const option = (/** @type {[V, string]} */ [one, text]) => html`<option value=${one} .selected=${one === value} .textContent=${text}></option>`;
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${note ? html`<p class="note" id="${id}-note">${note}</p>` : nothing}
      <select id=${id} aria-describedby=${note ? `${id}-note` : nothing} @change=${change}>
        ${options.map(option)} ${groups.map(([name, own]) => html`<optgroup label=${name}>${own.map(option)}</optgroup>`)}
      </select>
    </div>
  `;
}
