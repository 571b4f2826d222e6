/**
 * What stands behind the `#` of a link. It is taken out of the address bar before anything else happens, so that it is in no
 * history and no bookmark; this tab remembers it over a reload.
 */

import { tab } from "./store.js";

const NAME = "link";

/** @returns {{ token: string | undefined, isNew: boolean }} */
export function takeToken() {
  const given = location.hash.slice(1);
  if (given) {
    history.replaceState(null, "", location.pathname);
    tab.write(NAME, given);
  }
  // Another link, opened in this very tab, would change the address and nothing else.
  addEventListener("hashchange", () => location.reload());
  return { token: given || tab.read(NAME), isNew: given !== "" };
}

export function dropToken() {
  tab.write(NAME, undefined);
}
