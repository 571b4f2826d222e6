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
 */
export function documentList({ audience, client, from, isTheirs, none, of }) {
  const about = (/** @type {Document} */ document) => [of?.(document), from(document)];
  /** Whether the bin stands open. */
  let isOpen = false;

  /**
   * @param {"deleted" | undefined} state
   * @param {() => string} none
   * @param {() => void} moved
   */
  function part(state, none, moved) {
    const rows = documentRows({ audience, about, isTheirs, moved });
    const list = paged({
      ask: (cursor) => call("get", "/api/documents", { audience, query: { client, state, cursor } }),
      id: ({ document }) => document,
      list: (documents) => html`
        <ul class="rows">
          ${each(documents.map((document) => ({ ...document, id: document.document })), rows.row)}
        </ul>
      `,
      none: () => html`<p>${none()}</p>`,
    });
    const reload = async () => {
      await list.reload();
      rows.forget();
    };
    return { ...list, reload, view: () => html`${rows.said()} ${list.view()}` };
  }

  const list = part(undefined, none, () => isOpen && bin.reload());
  const bin = part(
    "deleted",
    () => words.noneDeleted,
    () => list.reload(),
  );

  function toggle() {
    isOpen = !isOpen;
    drawAndFocus("#bin");
    if (isOpen) {
      bin.load();
    }
  }

  const view = () => html`
    ${list.view()}
    <p><button type="button" class="link" id="bin" aria-expanded=${isOpen} @click=${toggle}>${words.bin}</button></p>
    ${isOpen ? html`<section aria-labelledby="bin">${bin.view()}</section>` : nothing}
  `;

  return { load: list.load, reload: list.reload, view };
}
