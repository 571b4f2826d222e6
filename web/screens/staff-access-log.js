/** What happened at the doors of this firm, newest first. */

/** @import { Errors } from "../modules/form.js" */

import { inAddress, putInAddress } from "../modules/address-query.js";
import { field, onSubmit, showErrors } from "../modules/form.js";
import { start } from "../modules/page.js";
import { recordList } from "../modules/record-list.js";
import { staffMenu } from "../modules/staff-menu.js";
import { staffWords } from "../modules/staff-words.js";
import { words } from "../modules/words.js";
import { html } from "../vendor/lit.js";

/** What is in the form, and, once it was sent, what the list is asked by. */
const typed = { email: inAddress("email"), outcome: inAddress("outcome") in staffWords().outcomes ? inAddress("outcome") : "" };
let filter = { ...typed };
/** @type {Errors} */
let errors = {};

const records = recordList({
  filter: () => filter,
  linked: true,
  none: () => {
    const { noneFound, noRecords } = staffWords();
    return errors.email ? html`` : html`<p>${filter.email || filter.outcome ? noneFound : noRecords}</p>`;
  },
  refused: ({ fields }) => {
    if (fields.email) {
      errors = { email: () => words.emailWrong };
      showErrors();
    }
    return Boolean(fields.email);
  },
});

function search() {
  errors = {};
  filter = { email: typed.email.trim(), outcome: typed.outcome };
  putInAddress(filter);
  records.load();
}

/** @param {Event} event */
function choose(event) {
  typed.outcome = /** @type {HTMLSelectElement} */ (event.target).value;
  search();
}

function view() {
  const texts = staffWords();
  return html`
    <h1>${texts.accessLog}</h1>
    <p>${texts.liveText}</p>
    <form class="filters" role="search" novalidate @submit=${onSubmit(search)}>
      ${field({
        id: "email",
        label: texts.email,
        value: typed.email,
        typed: (value) => {
          typed.email = value;
        },
        errors,
        type: "email",
      })}
      <div class="field">
        <label for="outcome">${texts.outcomeLabel}</label>
        <select id="outcome" @change=${choose}>
          <option value="" .selected=${!typed.outcome}>${texts.all}</option>
          ${Object.entries(texts.outcomes).map(
            ([name, text]) => html`<option value=${name} .selected=${typed.outcome === name}>${text}</option>`,
          )}
        </select>
      </div>
      <button class="second">${texts.search}</button>
    </form>
    ${records.view()}
  `;
}

const shown = await start({ audience: "staff", session: "needed", title: () => staffWords().accessLog, view, menu: staffMenu });
if (shown) {
  await records.load();
  records.live();
}
