/** Where clients arrive: what is new from the firm, and that nothing is asked of them. */

/** @import { Document } from "../modules/api.js" */

import { call } from "../modules/api.js";
import { clientMenu } from "../modules/client-menu.js";
import { documentRows } from "../modules/document-row.js";
import { html, nothing } from "../modules/html.js";
import { firm, session, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { each } from "../modules/rows.js";
import { words } from "../modules/words.js";

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

/** Looks through so many of the newest documents. */
const NEWEST = 100;

async function read() {
  /** @type {Document[]} */
  let newest = [];
  /** @type {string | null | undefined} */
  let cursor;
  do {
    const page = await call("get", "/api/documents", { audience: "client", query: { state: "ready", limit: NEWEST, cursor } });
    newest = [...newest, ...page.items];
    cursor = page.cursor;
  } while (cursor && newest.length < NEWEST);
  fresh = newest.filter(({ by, seen }) => "staff" in by && seen.length === 0);
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

await start({ audience: "client", session: "needed", before: read, title: () => words.homeTitle, view, menu: clientMenu });
