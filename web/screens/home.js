/** Where clients arrive: what is new from the firm, and that nothing is asked of them. */

/** @import { Document } from "../modules/api.js" */

import { call, refusalOf } from "../modules/api.js";
import { clientMenu } from "../modules/client-menu.js";
import { documentRows } from "../modules/document-row.js";
import { html, nothing } from "../modules/html.js";
import { draw, firm, session, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { each } from "../modules/rows.js";
import { words } from "../modules/words.js";

/** Clients whose newest documents are looked through, for who acts for very many. */
const CLIENTS_MOST = 8;

/** Documents of each that are looked through, the newest first. */
const NEWEST = 100;

/** What the firm sent, and nobody of this client has opened yet. @type {Document[]} */
let fresh = [];

const rows = documentRows({
  audience: "client",
  about: ({ client }) => {
    const { clients } = session();
    return [clients.length > 1 ? clients.find((one) => one.client === client)?.name : undefined];
  },
  isTheirs: () => false,
});

/** A page that cannot say what is new still leads to all there is. */
async function look() {
  const clients = session().clients.slice(0, CLIENTS_MOST);
  const newest = clients.map(({ client }) => call("get", "/api/documents", { audience: "client", query: { client, state: "ready", limit: NEWEST } }));
  for (const page of newest) {
    const { items } = await page.catch((cause) => (refusalOf(cause), { items: [] }));
    fresh = [...fresh, ...items.filter(({ by, seen }) => "staff" in by && seen.length === 0)];
  }
  draw();
}

function view() {
  return html`
    <h1>${words.homeTitle}</h1>
    <p>${words.homeText(firm().name)}</p>
    ${fresh.length > 0
      ? html`
          <section aria-labelledby="new">
            <h2 id="new">${words.newFrom(firm().name)}</h2>
            <ul class="rows">
              ${each(fresh.map((document) => ({ ...document, id: document.document })), rows.row)}
            </ul>
          </section>
        `
      : nothing}
    <p><a class="button" href=${at("documents")}>${words.sendDocuments}</a></p>
  `;
}

const shown = await start({ audience: "client", session: "needed", title: () => words.homeTitle, view, menu: clientMenu });
if (shown) {
  await look();
}
