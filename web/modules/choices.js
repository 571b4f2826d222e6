/**
 * A question with one answer of a few, each with what it means.
 *
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { html, nothing } from "./html.js";

/**
 * @template {string} V
 * @param {object} question
 * @param {string} question.id
 * @param {string} question.legend
 * @param {[V, string, string][]} question.options values, each with what it is called and what it means
 * @param {V} question.value
 * @param {boolean} [question.isFixed] whether it can only be read
 * @param {string} [question.note] what is to be said of the answer as it stands
 * @param {(value: V) => void} question.chosen
 * @returns {TemplateResult}
 */
export function choices({ id, legend, options, value, isFixed = false, note, chosen }) {
  return html`
    <fieldset id=${id}>
      <legend>${legend}</legend>
      ${note ? html`<p class="note">${note}</p>` : nothing}
      ${options.map(
        ([one, label, meaning]) => html`
          <div class="choice">
            <input
              type="radio"
              id="${id}-${one}"
              name=${id}
              value=${one}
              .checked=${one === value}
              .disabled=${isFixed}
              aria-describedby=${meaning ? `${id}-${one}-hint` : nothing}
              @change=${() => chosen(one)}
            />
            <label for="${id}-${one}">${label}</label>
            ${meaning ? html`<p class="hint" id="${id}-${one}-hint">${meaning}</p>` : nothing}
          </div>
        `,
      )}
    </fieldset>
  `;
}
