/**
 * Access records, newest first, each with what to do about it. While the page is looked at, new ones appear by themselves.
 *
 * @import { AccessRecord, Outcome, Refusal } from "./api.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { call } from "./api.js";
import { paged } from "./paged.js";
import { at } from "./place.js";
import { each } from "./rows.js";
import { exactly, inLocalTime, staffWords } from "./words.js";
import { html, nothing } from "./html.js";

const LIVE_MS = 4000;
/** Without anyone at it the page stops asking, so that a session can end for want of use. */
const IDLE_MS = 600_000;

/**
 * Records of messages that went out, each with those of what came back of it. That one was delivered is no news of its own.
 *
 * @param {AccessRecord[]} records
 */
function withReports(records) {
  const sent = new Set(records.filter(({ delivery }) => delivery === "accepted").map((record) => record.message_id));
  /** @param {AccessRecord} record */
  const isReport = ({ message_id: of, delivery }) => Boolean(of) && delivery !== "accepted" && sent.has(of);
  return records
    .filter((record) => !(isReport(record) && record.delivery === "delivered"))
    .map((record) => ({
      ...record,
      reports: record.delivery === "accepted" ? records.filter((other) => isReport(other) && other.message_id === record.message_id) : [],
    }));
}

/**
 * @param {object} how
 * @param {() => { contact?: string, email?: string, outcome?: string, from?: string }} how.filter
 * @param {() => TemplateResult} how.none what to say if there are none
 * @param {boolean} [how.linked] whether records lead to their contact
 * @param {(refusal: Refusal) => boolean} [how.refused] whether it was dealt with
 * @param {() => void} [how.grown] called when new ones have come
 */
export function recordList({ filter, none, linked, refused, grown }) {
  /** @type {string | undefined} */
  let newest;

  const list = paged({
    ask: async (cursor) => {
      const page = await call("get", "/api/access-log", { audience: "staff", query: { ...filter(), cursor } });
      const first = page.items[0]?.record;
      if (!cursor && first !== newest) {
        if (newest) {
          grown?.();
        }
        newest = first;
      }
      return page;
    },
    id: ({ record }) => record,
    list: (records) => html`
      <ol class="rows records">
        ${each(withReports(records).map((record) => ({ ...record, id: record.record })), row)}
      </ol>
    `,
    none,
    counted: linked ? (count, hasMore) => `${staffWords.found(count)} ${hasMore ? staffWords.foundMore : ""}` : undefined,
    refused,
  });

  /** @param {AccessRecord & { reports: AccessRecord[] }} record */
  function row({ record, at: when, message, outcome, email, contact, contact_name: name, channel, delivery, gate, ip, reports }) {
    const texts = staffWords;
    // What only a newer version of the portal has words for needs no advice of this one; and where no client is known, only what helps to
    // find out who it is does: most of those are staff.
    const advice = outcome === "newer" || !(contact || outcome === "no-contact") ? undefined : texts.advice[outcome];
    const way = channel && texts.channels[channel];
    const known = reports.map((report) => texts.cameBack(texts.outcomes[/** @type {Outcome} */ (report.outcome)], exactly(report.at)));
    const more = delivery === "accepted" ? (known.length > 0 ? known : [texts.nothingMore]) : [];
    const about = [email, way, delivery && texts.deliveries[delivery], ...more, gate && texts.gateOf(gate), ip].filter(Boolean);
    return html`
      <li id=${record}>
        <div class="what">
          <p class="hint"><time datetime=${when}>${exactly(when)}</time></p>
          <p><strong lang="en">${inLocalTime(message)}</strong></p>
          ${about.length > 0 ? html`<p class="hint">${about.join(" · ")}</p>` : nothing}
          ${advice ? html`<p class="advice">${advice}</p>` : nothing}
        </div>
        ${linked && contact ? html`<a class="target" translate="no" href=${at(`staff/contacts/${contact}`)}>${name ?? texts.toContact}</a>` : nothing}
      </li>
    `;
  }

  /** Keeps it up to date as long as this page is in sight, and someone there. */
  function live() {
    let seenAt = Date.now();
    for (const sign of ["keydown", "pointermove", "pointerdown", "scroll", "focus"]) {
      addEventListener(sign, () => (seenAt = Date.now()), { passive: true });
    }
    setInterval(() => !document.hidden && Date.now() - seenAt < IDLE_MS && renew(), LIVE_MS);
  }

  /** Rows move down under the keyboard, which moves along. */
  async function renew() {
    const held = document.activeElement?.closest(".records li")?.id;
    await list.refresh();
    if (held) {
      document.getElementById(held)?.querySelector("a")?.focus({ preventScroll: true });
    }
  }

  return { ...list, live };
}
