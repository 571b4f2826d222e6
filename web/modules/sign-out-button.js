/** The way out, on the page where one arrives. */

/** @import { Audience } from "./api-types.js" */

import { draw, fail } from "./page.js";
import { signOut } from "./session.js";
import { words } from "./words.js";
import { html } from "../vendor/lit.js";

/** @param {Audience} audience */
export function signOutButton(audience) {
  let isLeaving = false;

  async function leave() {
    if (isLeaving) {
      return;
    }
    isLeaving = true;
    draw();
    await signOut(audience).catch(fail);
  }

  return () => html`<button type="button" class="second" @click=${leave}>${isLeaving ? words.oneMoment : words.signOut}</button>`;
}
