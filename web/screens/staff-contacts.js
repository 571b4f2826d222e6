/** The contacts of the firm, and whether each can get in. */

/** @import { ContactsSummary } from "../modules/api.js" */
/** @import { Sort } from "../modules/contact-table.js" */

import { inAddress, putInAddress } from "../modules/address-query.js";
import { call, refusalOf } from "../modules/api.js";
import { SORTS, contactTable } from "../modules/contact-table.js";
import { field, onSubmit } from "../modules/form.js";
import { draw, start } from "../modules/page.js";
import { paged } from "../modules/paged.js";
import { at } from "../modules/place.js";
import { select } from "../modules/select.js";
import { staffMenu, works } from "../modules/staff-menu.js";
import { wayBack } from "../modules/way-back.js";
import { number, staffWords } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** What contacts can be looked for that are so, all of them first, with what tells how many there are. */
const COUNTED = /** @type {const} */ ({
  "": "contacts",
  missing: "missing",
  "never-invited": "never_invited",
  "never-in": "never_in",
  locked: "locked",
  ready: "ready",
});
/** @typedef {keyof typeof COUNTED} Status */
const STATUSES = /** @type {Status[]} */ (Object.keys(COUNTED));

/** An address may name what is none of these. @template {string} T @param {string} name @param {readonly T[]} known */
const oneInAddress = (name, known) => known.find((one) => one === inAddress(name)) ?? known[0];

/** What is in the search field; it is asked by once it was sent. */
let typed = inAddress("q");
const filter = { q: typed, status: oneInAddress("status", STATUSES), sort: oneInAddress("sort", SORTS) };

/** How many there are; nothing until that is known. @type {ContactsSummary | undefined} */
let summary;

const list = paged({
  ask: (cursor) => call("get", "/api/contacts", { audience: "staff", query: { ...filter, status: filter.status || undefined, cursor } }),
  id: ({ contact }) => contact,
  list: (contacts) => contactTable(contacts, filter.sort, sortBy),
  counted: (count, hasMore, _, lookedAt) => (hasMore ? soFar(count, lookedAt) : staffWords.found(count)),
  isTelling: true,
  none: () => html`<p>${filter.q || filter.status ? staffWords.noneFound : staffWords.noContacts}</p>`,
});
const comeBack = wayBack(list);

/** What a list that goes on has shown by now; of a search it is only known how much was looked through. @param {number} count @param {number} lookedAt */
function soFar(count, lookedAt) {
  const texts = staffWords;
  const all = filter.q ? undefined : summary?.[COUNTED[filter.status]];
  const shown = all ? texts.shownOf(number(count), number(all)) : count > 0 ? texts.found(count) : "";
  const looked = lookedAt > count ? texts.lookedThrough(number(lookedAt), summary && number(summary.contacts)) : all ? "" : texts.foundMore;
  return `${shown} ${looked}`;
}

/** Where this does not work, the list does without numbers. */
async function count() {
  summary = await call("get", "/api/contacts/summary", { audience: "staff" }).catch((cause) => void refusalOf(cause));
  draw();
}

function search() {
  filter.q = typed;
  keepInAddress();
  list.load();
}

/** The table stays until it is in another order, and with it the keyboard's place on the heading. @param {Sort} sort */
function sortBy(sort) {
  filter.sort = sort;
  keepInAddress();
  list.reload(0);
}

const keepInAddress = () => putInAddress({ ...filter, sort: filter.sort === SORTS[0] ? "" : filter.sort });

/** @param {Status} status */
function chip(status) {
  const all = summary?.[COUNTED[status]];
  const press = () => {
    filter.status = status;
    search();
  };
  return html`
    <button type="button" class="chip" aria-pressed=${String(status === filter.status)} @click=${press}>
      ${status ? staffWords.statuses[status] : staffWords.all} ${all === undefined ? nothing : html`<b>${number(all)}</b>`}
    </button>
  `;
}

function view() {
  const texts = staffWords;
  return html`
    <div class="head">
      <h1>${texts.contacts}</h1>
      ${works() ? html`<a class="button" href=${at("staff/contacts/new")}>${texts.addContact}</a>` : nothing}
      <form role="search" novalidate @submit=${onSubmit(search)}>
        ${field({
          id: "q",
          label: texts.searchLabel,
          value: typed,
          typed: (value) => {
            typed = value;
          },
          errors: {},
          type: "search",
        })}
        <button class="second">${texts.search}</button>
      </form>
    </div>
    <div class="head">
      <div class="chips" role="group" aria-label=${texts.statusLabel}>${STATUSES.map(chip)}</div>
      ${select({ id: "sort", label: texts.sortLabel, options: SORTS.map((sort) => [sort, texts.sorts[sort]]), value: filter.sort, chosen: sortBy })}
    </div>
    ${list.view()}
  `;
}

const shown = await start({ audience: "staff", session: "needed", title: () => staffWords.contacts, view, menu: staffMenu });
if (shown) {
  await Promise.all([comeBack(), count()]);
}
