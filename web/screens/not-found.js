/** Nothing stands at this address: the way to the door, and the firm's phone. */

import { start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { words } from "../modules/words.js";
import { html } from "../modules/html.js";

function view() {
  return html`
    <h1>${words.notFoundTitle}</h1>
    <p>${words.notFoundText}</p>
    <p><a class="button" href=${at("sign-in")}>${words.signIn}</a></p>
  `;
}

await start({ audience: "client", session: "ignored", title: () => words.notFoundTitle, view });
