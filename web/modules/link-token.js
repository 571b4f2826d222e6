/**
 * What stands behind the `#` of a link. It is taken out of the address bar as soon as this module is loaded, so that it is in no
 * history and no bookmark; this tab remembers it over a reload. Import it first: what others wait for may be long in coming.
 *
 * Mail programs take a full stop, a bracket or a quote behind a link for a part of it, and some add something of their own.
 */

import { tab } from "./store.js";

const NAME = "link";

/** A token is 43 letters, digits, hyphens and underscores. */
const written = location.hash.replace(/%[0-9a-f]{2}/gi, " ");
const [given] = /[\w-]{43}/.exec(written) ?? /[\w-]+/.exec(written) ?? [""];
if (location.hash) {
  history.replaceState(null, "", location.pathname);
  tab.write(NAME, given || undefined);
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
