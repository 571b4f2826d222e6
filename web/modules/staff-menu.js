/** The pages of the staff console. */

import { staffWords } from "./staff-words.js";

export const staffMenu = () => [
  { path: "staff/contacts", text: staffWords().contacts },
  { path: "staff/access-log", text: staffWords().accessLog },
];
