/**
 * A list of documents with their downloads, for clients and for staff.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Document } from "./api.js"
 */

import { acting } from "./act.js";
import { call } from "./api.js";
import { downloadFrom } from "./download.js";
import { saying } from "./page.js";
import { reasonIn } from "./document-reason.js";
import { paged } from "./paged.js";
import { each } from "./rows.js";
import { dayAndTime, fileSize, words } from "./words.js";
import { html, nothing } from "./html.js";

/**
 * @param {object} how
 * @param {Audience} how.audience
 * @param {string} [how.client] only those of this client; without it all that a client may see
 * @param {(document: Document) => string} how.from who sent it
 * @param {() => string} how.none what to say if there is none
 * @param {(document: Document) => string} [how.of] for whom it is, where the list holds documents of several
 */
export function documentList({ audience, client, from, none, of }) {
  /** Why a download did not begin. @type {{ document: string, say: () => string } | undefined} */
  let trouble;
  const act = acting();

  const list = paged({
    ask: (cursor) => call("get", "/api/documents", { audience, query: { client, cursor } }),
    id: ({ document }) => document,
    list: (documents) => html`
      <ul class="rows">
        ${each(documents.map((document) => ({ ...document, id: document.document })), row)}
      </ul>
    `,
    none: () => html`<p>${none()}</p>`,
  });

  /** @param {Document} document */
  const download = ({ document }) =>
    act(
      async () => {
        trouble = undefined;
        const { url } = await call("get", "/api/documents/{document}/download", { audience, params: { document } });
        downloadFrom(url);
      },
      (refusal) => (trouble = { document, say: () => saying(refusal) }),
    );

  /** @param {Document} document */
  function row(document) {
    const about = [of?.(document), from(document), dayAndTime(document.created_at), fileSize(document.size)].filter(Boolean);
    return html`
      <li>
        <div class="what">
          <p><strong translate="no">${document.name}</strong></p>
          <p class="hint">${about.join("\u00a0· ")}</p>
          ${document.state === "refused" ? html`<p class="bad">${words.refused} ${reasonIn(document)}</p>` : nothing}
          ${trouble?.document === document.document ? html`<p class="error" role="alert">${trouble.say()}</p>` : nothing}
        </div>
        ${document.state === "ready"
          ? html`<button type="button" class="link" aria-label="${words.download}: ${document.name}" @click=${() => download(document)}>
              ${words.download}
            </button>`
          : nothing}
      </li>
    `;
  }

  return list;
}
