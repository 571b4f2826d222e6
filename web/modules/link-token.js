/**
 * What stands behind the `#` of a link. It is taken out of the address bar as soon as this module is loaded, so that it is in no
 * history and no bookmark; this tab remembers it over a reload. Import it first: what others wait for may be long in coming.
 */

import { tab } from "./store.js";

const NAME = "link";

const given = location.hash.slice(1);
if (given) {
  history.replaceState(null, "", location.pathname);
  tab.write(NAME, given);
}
// Another link, opened in this very tab, would change the address and nothing else.
addEventListener("hashchange", () => location.reload());

/** Whether the link was opened just now. */
export const isNew = given !== "";

/** @type {string | undefined} */
export const token = given || tab.read(NAME);

export function dropToken() {
  tab.write(NAME, undefined);
}
