/**
 * A list of documents, for clients and for staff, and behind a button what was deleted.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Document } from "./api.js"
 */

import { call } from "./api.js";
import { documentRows } from "./document-row.js";
import { drawAndFocus } from "./page.js";
import { paged } from "./paged.js";
import { each } from "./rows.js";
import { words } from "./words.js";
import { html, nothing } from "./html.js";

/**
 * @param {object} how
 * @param {Audience} how.audience
 * @param {string} [how.client] only those of this client; without it all that a client may see
 * @param {(document: Document) => string} how.from who sent it
 * @param {(document: Document) => boolean} how.isTheirs whether whoever is signed in may change it
 * @param {() => string} how.none what to say if there is none
 * @param {(document: Document) => string} [how.of] for whom it is, where the list holds documents of several
 * @param {(what: Document) => void} how.changed is told of one that has another name, or went into the bin or came out of it
 */
export function documentList({ audience, client, from, isTheirs, none, of, changed }) {
  const about = (/** @type {Document} */ document) => [of?.(document), from(document)];
  /** Whether the bin stands open. */
  let isOpen = false;

  const rows = documentRows({
    audience,
    about,
    isTheirs,
    changed: (document) => {
      changed(document);
      if (isOpen) {
        bin.reload();
      }
      // What comes out of the bin may have no row above it yet.
      if (!document.deleted_at) {
        list.refresh();
      }
    },
  });

  /**
   * @param {"deleted" | undefined} state
   * @param {string} place
   * @param {() => string} none
   */
  const part = (state, place, none) =>
    paged({
      ask: (cursor) => call("get", "/api/documents", { audience, query: { client, state, cursor } }),
      id: ({ document }) => document,
      list: (documents) => html`
        <ul class="rows">
          ${each(documents.map((document) => ({ ...document, id: document.document })), (document) => rows.row(document, place))}
        </ul>
      `,
      none: () => html`<p>${none()}</p>`,
    });

  const list = part(undefined, "", none);
  const bin = part("deleted", "bin-", () => words.noneDeleted);

  /** Reads the list again; what was deleted here meanwhile is in the bin alone. */
  async function reload() {
    await list.reload();
    rows.forget();
  }

  function toggle() {
    isOpen = !isOpen;
    drawAndFocus("#bin");
    if (isOpen) {
      bin.load();
    }
  }

  const view = () => html`
    ${rows.said()} ${list.view()}
    <p><button type="button" class="link" id="bin" aria-expanded=${isOpen} @click=${toggle}>${words.bin}</button></p>
    ${isOpen ? html`<div>${bin.view()}</div>` : nothing}
  `;

  return { load: list.load, reload, view };
}
