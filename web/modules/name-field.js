/** The name of a file: what people call it can be changed, and its ending stays behind that as it is. */

import { LONGEST_NAME, parted } from "./file-names.js";
import { html, nothing } from "./html.js";

/**
 * @param {object} how
 * @param {string} how.id
 * @param {string} how.label what it is the name of
 * @param {string} how.name as it is now
 * @param {string} [how.typed] what stands in the field, if something was typed
 * @param {string} [how.error]
 * @param {(stem: string) => void} how.change is told while people type
 * @param {() => void} [how.done] is told when they have
 */
export function nameField({ id, label, name, typed, error, change, done }) {
  const [stem, ending] = parted(name);
  const input = (/** @type {Event} */ { target }) => change(/** @type {HTMLInputElement} */ (target).value);
  return html`
    <label class="unseen" for=${id}>${label}</label>
    ${error ? html`<p class="error" id="${id}-error">${error}</p>` : nothing}
    <div class="naming" translate="no">
      <input
        id=${id}
        autocomplete="off"
        maxlength=${LONGEST_NAME - ending.length}
        aria-describedby=${error ? `${id}-error` : nothing}
        aria-invalid=${error ? "true" : nothing}
        .value=${typed ?? stem}
        @input=${input}
        @change=${done ?? nothing}
      />
      ${ending}
    </div>
  `;
}
