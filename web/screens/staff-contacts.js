/** The contacts of the firm, and whether each can get in. */

/** @import { Contact } from "../modules/api.js" */

import { inAddress, putInAddress } from "../modules/address-query.js";
import { call } from "../modules/api.js";
import { field, onSubmit } from "../modules/form.js";
import { start } from "../modules/page.js";
import { paged } from "../modules/paged.js";
import { at } from "../modules/place.js";
import { readiness } from "../modules/readiness.js";
import { each } from "../modules/rows.js";
import { select } from "../modules/select.js";
import { staffMenu, works } from "../modules/staff-menu.js";
import { dayAndTime, staffWords } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** @type {("" | "ready" | "missing")[]} */
const STATUSES = ["", "ready", "missing"];

/** What is in the search field; it is asked by once it was sent. */
let typed = inAddress("q");
const filter = { q: typed, status: STATUSES.find((status) => status === inAddress("status")) || undefined };

const list = paged({
  ask: (cursor) => call("get", "/api/contacts", { audience: "staff", query: { ...filter, cursor } }),
  id: ({ contact }) => contact,
  list: (contacts) => html`
    <ul class="rows contacts">
      ${each(contacts.map((contact) => ({ ...contact, id: contact.contact })), row)}
    </ul>
  `,
  counted: (count, hasMore) => `${staffWords.found(count)} ${hasMore ? staffWords.foundMore : ""}`,
  none: () => {
    const texts = staffWords;
    return filter.q || filter.status ? html`<p>${texts.noneFound}</p>` : html`<p>${texts.noContacts}</p>`;
  },
});

/** @param {Contact} contact */
function row(contact) {
  const texts = staffWords;
  const { name, email, portal } = contact;
  const accessed = portal.last_access_at;
  return html`
    <li>
      <div class="what">
        <a class="target" translate="no" href=${at(`staff/contacts/${contact.contact}`)}>${name}</a>
        <p class="hint">${email ?? texts.noEmail}</p>
      </div>
      <div class="state">
        ${readiness(contact)}
        <p class="hint">${accessed ? texts.lastAccess(dayAndTime(accessed)) : texts.neverAccessed}</p>
      </div>
    </li>
  `;
}

function search() {
  filter.q = typed;
  putInAddress({ q: filter.q, status: filter.status ?? "" });
  list.load();
}

function view() {
  const texts = staffWords;
  return html`
    <h1>${texts.contacts}</h1>
    ${works() ? html`<p><a class="button" href=${at("staff/contacts/new")}>${texts.addContact}</a></p>` : nothing}
    <form class="filters" role="search" novalidate @submit=${onSubmit(search)}>
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
      ${select({
        id: "status",
        label: texts.statusLabel,
        options: STATUSES.map((status) => [status, status ? texts.statuses[status] : texts.all]),
        value: filter.status ?? "",
        chosen: (status) => {
          filter.status = status || undefined;
          search();
        },
      })}
      <button class="second">${texts.search}</button>
    </form>
    ${list.view()}
  `;
}

const shown = await start({ audience: "staff", session: "needed", title: () => staffWords.contacts, view, menu: staffMenu });
if (shown) {
  await list.load();
}
