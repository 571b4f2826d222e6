/** Where clients arrive: what is asked of them. */

import { clientMenu } from "../modules/client-menu.js";
import { html } from "../modules/html.js";
import { firm, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { words } from "../modules/words.js";

function view() {
  return html`
    <h1>${words.homeTitle}</h1>
    <p>${words.homeText(firm().name)}</p>
    <p><a class="button" href=${at("documents")}>${words.sendDocuments}</a></p>
  `;
}

await start({ audience: "client", session: "needed", title: () => words.homeTitle, view, menu: clientMenu });
