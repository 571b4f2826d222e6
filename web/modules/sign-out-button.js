/** The way out, on the page where one arrives. */

/** @import { Audience } from "./api-types.js" */

import { acting } from "./act.js";
import { call } from "./api.js";
import { fail } from "./page.js";
import { goOut } from "./session.js";
import { words } from "./words.js";
import { html } from "../vendor/lit.js";

/** @param {Audience} audience */
export function signOutButton(audience) {
  const act = acting();
  const leave = () =>
    act(async () => {
      await call("delete", "/api/session", { audience });
      await goOut(audience);
    }, fail);

  return () => html`<button type="button" class="second" @click=${leave}>${act.isBusy ? words.oneMoment : words.signOut}</button>`;
}
