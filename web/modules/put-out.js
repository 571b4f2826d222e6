/**
 * Whom a change of the settings leaves without a way in.
 *
 * @import { Contact, Settings } from "./api.js"
 */

import { call } from "./api.js";

/** A list of so many pages is read to its end; of a longer one it is said that there may be more. */
const MOST_PAGES = 10;

/** @typedef {{ ready: number, out: Contact[], isAll: boolean }} PutOut how many can get in now, and who of them no longer could */

/**
 * Whether who has all that it takes now lacks something under `settings`: a PIN, or a mobile.
 *
 * @param {Contact} contact
 * @param {Settings} settings
 */
export function isPutOut({ gates, mobile, overrides }, settings) {
  const check = overrides.identity_check ?? settings.identity_check;
  const channel = overrides.code_channel ?? settings.code_channel;
  const opens = check === "none" || gates.some(({ kind }) => check !== "pin" || kind === "pin");
  const needsMobile = settings.texting && channel !== "email_only" && (channel === "sms_only" || settings.require_mobile);
  return !opens || (needsMobile && !mobile);
}

/** @param {Settings} settings as they would be @returns {Promise<PutOut>} */
export async function putOutBy(settings) {
  /** @type {Contact[]} */
  const ready = [];
  /** @type {string | undefined} */
  let cursor;
  let pages = 0;
  do {
    const page = await call("get", "/api/contacts", { audience: "staff", query: { status: "ready", cursor, limit: 100 } });
    ready.push(...page.items);
    cursor = page.cursor ?? undefined;
    pages += 1;
  } while (cursor && pages < MOST_PAGES);
  return { ready: ready.length, out: ready.filter((contact) => isPutOut(contact, settings)), isAll: !cursor };
}
