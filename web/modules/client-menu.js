/** The pages of a client. */

import { words } from "./words.js";

export const clientMenu = () => [
  { path: "", text: words.home },
  { path: "documents", text: words.documents },
];
