/**
 * A list of documents with their downloads, for clients and for staff.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Document } from "./api.js"
 */

import { Refusal, call } from "./api.js";
import { draw, fail, saying } from "./page.js";
import { dayAndTime, fileSize, words } from "./words.js";
import { html, nothing } from "../vendor/lit.js";

/**
 * @param {object} how
 * @param {Audience} how.audience
 * @param {string} [how.client] only those of this client; without it all that a client may see
 * @param {(document: Document) => string} how.from who handed it over
 * @param {() => string} how.none what to say if there is none
 * @param {(document: Document) => string} [how.of] for whom it is, where the list holds documents of several
 */
export function documentList({ audience, client, from, none, of }) {
  /** @type {Document[]} */
  let documents = [];
  /** @type {string | null | undefined} */
  let cursor;
  let isLoading = true;
  /** What went wrong, and with which document. @type {{ document?: string, say: () => string } | undefined} */
  let trouble;

  /** Reads the list from its beginning. */
  async function load() {
    [cursor, isLoading, trouble] = [undefined, true, undefined];
    await read([]);
  }

  /** @param {Document[]} before */
  async function read(before) {
    isLoading = true;
    draw();
    try {
      const page = await call("get", "/api/documents", { audience, query: { client, cursor } });
      [documents, cursor] = [[...before, ...page.items], page.cursor];
      // A page may be empty and not the last.
      if (page.items.length === 0 && cursor) {
        await read(documents);
        return;
      }
    } catch (refusal) {
      stumble(refusal);
    }
    isLoading = false;
    draw();
  }

  /** @param {Document} document */
  async function download({ document }) {
    trouble = undefined;
    try {
      const { url } = await call("get", "/api/documents/{document}/download", { audience, params: { document } });
      // It is sent as an attachment, so the page stays.
      location.assign(url);
    } catch (refusal) {
      stumble(refusal, document);
    }
    draw();
  }

  /**
   * @param {unknown} refusal
   * @param {string} [document]
   */
  function stumble(refusal, document) {
    if (refusal instanceof Refusal && refusal.name === "session-needed") {
      fail(refusal);
      return;
    }
    trouble = { document, say: () => saying(refusal) };
  }

  /** @param {string} [document] */
  const troubleWith = (document) =>
    trouble && trouble.document === document ? html`<p class="error" role="alert">${trouble.say()}</p>` : nothing;

  /** @param {Document} document */
  function row(document) {
    const about = [of?.(document), from(document), dayAndTime(document.created_at), fileSize(document.size)].filter(Boolean);
    return html`
      <li>
        <div class="what">
          <p><strong>${document.name}</strong></p>
          <p class="hint">${about.join(" · ")}</p>
          ${state(document)} ${troubleWith(document.document)}
        </div>
        ${document.state === "ready"
          ? html`<button type="button" class="link" aria-label="${words.download}: ${document.name}" @click=${() => download(document)}>
              ${words.download}
            </button>`
          : nothing}
      </li>
    `;
  }

  /** @param {Document} document */
  function state({ state }) {
    if (state === "ready") {
      return nothing;
    }
    return html`<p class=${state === "refused" ? "bad" : "hint"}>${state === "refused" ? words.refused : words.awaited}</p>`;
  }

  function view() {
    if (documents.length === 0) {
      return isLoading ? html`<p class="loading" role="status">${words.loading}</p>` : trouble ? again() : html`<p>${none()}</p>`;
    }
    return html`
      <ul class="rows">
        ${documents.map(row)}
      </ul>
      ${troubleWith()}
      ${cursor
        ? html`<button type="button" class="second" @click=${() => read(documents)}>${isLoading ? words.oneMoment : words.more}</button>`
        : nothing}
    `;
  }

  const again = () => html`${troubleWith()}<button type="button" class="second" @click=${load}>${words.tryAgain}</button>`;

  return { load, view };
}
