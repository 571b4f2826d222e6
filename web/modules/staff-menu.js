/** The sections of the staff console. */

import { staffWords, words } from "./words.js";

/** @import { Entry } from "./page.js" */

/** @returns {Entry[]} */
export const staffMenu = () => [
  { path: "staff", text: words.home },
  { path: "staff/contacts", text: staffWords.contacts, below: /\/staff\/(contacts|clients)\// },
  { path: "staff/access-log", text: staffWords.accessLog },
  { path: "staff/settings", text: staffWords.settings },
];
