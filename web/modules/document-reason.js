/** Why a document is not accepted, in the language of the page. */

/** @import { Why } from "./sending.js" */

import { words } from "./words.js";

/**
 * The server says it by a stable code, and in English for codes that this page does not know yet.
 *
 * @param {Why | undefined} why
 */
export function reasonIn({ reason, words: english, fields } = {}) {
  /** @type {Record<string, string>} */
  const known = words.reasons;
  return known[reason ?? ""] ?? english ?? Object.values(fields ?? {})[0] ?? words.refusedText;
}
