/**
 * Contacts as a table. Where there is no room for columns the style makes a card of each row, which is no table to some browsers any more:
 * therefore roles are named.
 *
 * @import { Contact } from "./api.js"
 */

import { html, nothing } from "./html.js";
import { shownPhone } from "./phone.js";
import { at } from "./place.js";
import { readiness } from "./readiness.js";
import { each } from "./rows.js";
import { dayOrTime, staffWords } from "./words.js";

/** What contacts are put in order by, what comes of itself first. */
export const SORTS = /** @type {const} */ (["name", "-last-access", "-invited", "-created"]);
/** @typedef {SORTS[number]} Sort */

/** Of more clients, their page tells. */
const MOST_CLIENTS = 3;

/**
 * @param {Contact[]} contacts
 * @param {Sort} sort
 * @param {(sort: Sort) => void} choose
 */
export function contactTable(contacts, sort, choose) {
  const texts = staffWords;
  /** @param {string} text @param {Sort} by */
  const sorting = (text, by) => html`
    <th role="columnheader" scope="col" aria-sort=${by !== sort ? nothing : by === "name" ? "ascending" : "descending"}>
      <button type="button" class="link" @click=${() => choose(by)}>${text}</button>
    </th>
  `;
  const heading = (/** @type {string} */ text) => html`<th role="columnheader" scope="col">${text}</th>`;
  return html`
    <table role="table" class="contacts" aria-label=${texts.contacts}>
      <thead role="rowgroup">
        <tr role="row">
          ${sorting(texts.name, "name")} ${heading(texts.status)} ${sorting(texts.accessedAt, "-last-access")}
          ${sorting(texts.invitedAt, "-invited")} ${heading(texts.emailShort)} ${heading(texts.mobile)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${each(contacts.map((contact) => ({ ...contact, id: contact.contact })), row)}
      </tbody>
    </table>
  `;
}

/** @param {Contact} contact */
function row(contact) {
  const texts = staffWords;
  const { contact: id, name, email, mobile, portal } = contact;
  const clients = clientsOf(contact);
  return html`
    <tr role="row">
      <th role="rowheader" scope="row" translate="no">
        <a id=${id} href=${at(`staff/contacts/${id}`)}>${name}</a>
        ${clients ? html`<p class="hint">${clients}</p>` : nothing}
      </th>
      <td role="cell">${readiness(contact)}</td>
      <td role="cell" data-label=${texts.accessedAt}>${when(portal.last_access_at)}</td>
      <td role="cell" data-label=${texts.invitedAt}>${when(portal.invited_at)}</td>
      <td role="cell">${email ? html`<span translate="no">${breakableEmail(email)}</span>` : html`<span class="hint">${texts.noEmail}</span>`}</td>
      <td role="cell">${mobile ? html`<span translate="no">${breakablePhone(mobile)}</span>` : html`<span class="hint">${texts.noMobile}</span>`}</td>
    </tr>
  `;
}

/** For whom they act, but for themselves. @param {Contact} contact */
function clientsOf({ name: own, clients }) {
  const names = clients.map(({ name }) => name).filter((name) => name !== own);
  const more = names.length - MOST_CLIENTS;
  return [...names.slice(0, MOST_CLIENTS), ...(more > 0 ? [staffWords.andMore(more)] : [])].join(", ");
}

/** @param {string | null | undefined} instant */
const when = (instant) =>
  instant ? html`<time datetime=${instant}>${dayOrTime(instant)}</time>` : html`<span class="hint">${staffWords.never}</span>`;

/** Broken before its `@` if it must be, then before dots, and never within its last letters. @param {string} email */
function breakableEmail(email) {
  const place = email.lastIndexOf("@");
  return html`${beforeDots(email.slice(0, place))}<wbr /><span class="whole">${beforeDots(email.slice(place))}</span>`;
}

/** Broken behind its area code if it must be. @param {string} mobile */
function breakablePhone(mobile) {
  const shown = shownPhone(mobile);
  const place = shown.indexOf(" ") + 1;
  return html`${shown.slice(0, place)}<span class="whole">${shown.slice(place)}</span>`;
}

/** @param {string} text */
const beforeDots = (text) => text.split(/(?=\.)/).map((part, index) => html`${index > 0 ? html`<wbr />` : nothing}${part}`);
