/** What happened at the doors of this firm, newest first. */

import { acting } from "../modules/act.js";
import { inAddress, putInAddress } from "../modules/address-query.js";
import { exportLog } from "../modules/export-log.js";
import { field, onSubmit } from "../modules/form.js";
import { OUTCOME_GROUPS } from "../modules/outcome-groups.js";
import { saying, start } from "../modules/page.js";
import { recordList } from "../modules/record-list.js";
import { select } from "../modules/select.js";
import { staffMenu, works } from "../modules/staff-menu.js";
import { staffWords, words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** What is in the form, and, once it was sent, what the list is asked by. */
const typed = { q: inAddress("q"), outcome: inAddress("outcome"), days: inAddress("days") };
let filter = { ...typed };

const exporting = acting();
/** @type {(() => string) | undefined} */
let problem;

const asked = () => ({ q: filter.q, outcome: filter.outcome, from: filter.days && beginning(Number(filter.days)) });

const records = recordList({
  filter: asked,
  linked: true,
  none: () => {
    const { noneFound, noRecords } = staffWords;
    return html`<p>${Object.values(filter).some(Boolean) ? noneFound : noRecords}</p>`;
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
  filter = { ...typed, q: typed.q.trim() };
  putInAddress(filter);
  records.load();
}

/**
 * @param {"outcome" | "days"} id
 * @param {string} label
 * @param {Record<string, string>} names
 * @param {[string, [string, string][]][]} [groups]
 */
function choice(id, label, names, groups) {
  const chosen = (/** @type {string} */ value) => {
    typed[id] = value;
    search();
  };
  return select({ id, label, options: [["", staffWords.all], ...Object.entries(names)], groups, value: typed[id], chosen });
}

/** What may have happened, in groups. @returns {[string, [string, string][]][]} */
const outcomes = () =>
  Object.entries(OUTCOME_GROUPS).map(([group, names]) => [
    staffWords.outcomeGroups[/** @type {keyof typeof OUTCOME_GROUPS} */ (group)],
    names.map((name) => [name, staffWords.outcomes[name]]),
  ]);

/** @param {"csv" | "json"} format @param {string} label */
function exportButton(format, label) {
  const press = () => {
    problem = undefined;
    exporting(() => exportLog(format, asked()), (refusal) => (problem = () => saying(refusal)));
  };
  return html`<button type="button" class="second" aria-disabled=${exporting.isBusy} @click=${press}>${exporting.isBusy ? words.oneMoment : label}</button>`;
}

function view() {
  const texts = staffWords;
  return html`
    <h1>${texts.accessLog}</h1>
    <p>${texts.liveText}</p>
    <form class="filters" role="search" novalidate @submit=${onSubmit(search)}>
      ${field({
        id: "q",
        label: texts.personLabel,
        value: typed.q,
        typed: (value) => {
          typed.q = value;
        },
        errors: {},
        type: "search",
      })}
      ${choice("outcome", texts.outcomeLabel, {}, outcomes())} ${choice("days", texts.periodLabel, texts.periods)}
      <button class="second">${texts.search}</button>
    </form>
    ${works() ? html`<div class="buttons">${exportButton("csv", texts.exportCsv)} ${exportButton("json", texts.exportJson)}</div>` : nothing}
    ${problem ? html`<p class="error" role="alert">${problem()}</p>` : nothing}
    ${records.view()}
  `;
}

const shown = await start({ audience: "staff", session: "needed", title: () => staffWords.accessLog, view, menu: staffMenu });
if (shown) {
  dropUnknown();
  await records.load();
  records.live();
}
