/** The sentences that only staff read. */

import { openBook } from "./words.js";

/** @type {() => typeof import("../words/staff-en.js").default} */
export const staffWords = await openBook({
  en: () => import("../words/staff-en.js"),
  es: () => import("../words/staff-es.js"),
});
