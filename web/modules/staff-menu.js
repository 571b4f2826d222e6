/** The sections of the staff console. */

import { maybeSession } from "./page.js";
import { staffWords, words } from "./words.js";

/** @import { Entry } from "./page.js" */

/** Whether whoever is signed in decides on colleagues and settings. */
export const administers = () => ["owner", "admin"].includes(maybeSession()?.role ?? "");

/** Whether whoever is signed in works with clients, and does not look alone. */
export const works = () => administers() || maybeSession()?.role === "staff";

/** @returns {Entry[]} */
export const staffMenu = () => [
  { path: "staff", text: words.home },
  { path: "staff/contacts", text: staffWords.contacts, below: /\/staff\/(contacts|clients)\// },
  { path: "staff/access-log", text: staffWords.accessLog },
  ...(administers() ? [{ path: "staff/people", text: staffWords.people }] : []),
  { path: "staff/settings", text: staffWords.settings },
];
