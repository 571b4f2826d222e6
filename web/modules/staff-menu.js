/** The pages of the staff console. */

import { staffWords, words } from "./words.js";

export const staffMenu = () => [
  { path: "staff", text: words.home },
  { path: "staff/contacts", text: staffWords.contacts },
  { path: "staff/access-log", text: staffWords.accessLog },
];
