/** What happened at the doors of this firm, newest first. */

/** @import { Errors } from "../modules/form.js" */

import { inAddress, putInAddress } from "../modules/address-query.js";
import { emailError } from "../modules/email.js";
import { field, onSubmit, showErrors } from "../modules/form.js";
import { start } from "../modules/page.js";
import { recordList } from "../modules/record-list.js";
import { select } from "../modules/select.js";
import { staffMenu } from "../modules/staff-menu.js";
import { staffWords } from "../modules/words.js";
import { html } from "../modules/html.js";

/** What is in the form, and, once it was sent, what the list is asked by. */
const typed = { email: inAddress("email"), outcome: inAddress("outcome"), days: inAddress("days") };
let filter = { ...typed };
/** @type {Errors} */
let errors = {};

const records = recordList({
  filter: () => ({ email: filter.email, outcome: filter.outcome, from: filter.days && beginning(Number(filter.days)) }),
  linked: true,
  none: () => {
    const { noneFound, noRecords } = staffWords;
    return errors.email ? html`` : html`<p>${Object.values(filter).some(Boolean) ? noneFound : noRecords}</p>`;
  },
  refused: ({ fields }) => {
    if (fields.email) {
      errors = { email: emailError(filter.email) };
      showErrors();
    }
    return Boolean(fields.email);
  },
});

/** The instant at which the last `days` began, today being one of them. */
function beginning(/** @type {number} */ days) {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1).toISOString();
}

/** An address may name what no field offers. */
function dropUnknown() {
  const { outcomes, periods } = staffWords;
  typed.outcome = Object.keys(outcomes).includes(typed.outcome) ? typed.outcome : "";
  typed.days = Object.keys(periods).includes(typed.days) ? typed.days : "";
  filter = { ...typed };
}

function search() {
  errors = {};
  filter = { ...typed, email: typed.email.trim() };
  putInAddress(filter);
  records.load();
}

/** @param {"outcome" | "days"} id @param {string} label @param {Record<string, string>} names */
function choice(id, label, names) {
  const chosen = (/** @type {string} */ value) => {
    typed[id] = value;
    search();
  };
  return select({ id, label, options: [["", staffWords.all], ...Object.entries(names)], value: typed[id], chosen });
}

function view() {
  const texts = staffWords;
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
      ${choice("outcome", texts.outcomeLabel, texts.outcomes)} ${choice("days", texts.periodLabel, texts.periods)}
      <button class="second">${texts.search}</button>
    </form>
    ${records.view()}
  `;
}

const shown = await start({ audience: "staff", session: "needed", title: () => staffWords.accessLog, view, menu: staffMenu });
if (shown) {
  dropUnknown();
  await records.load();
  records.live();
}
