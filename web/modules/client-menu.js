/** The sections of a client. */

import { words } from "./words.js";

/** @import { Entry } from "./page.js" */

/** @returns {Entry[]} */
export const clientMenu = () => [
  { path: "", text: words.home },
  { path: "documents", text: words.documents },
];
