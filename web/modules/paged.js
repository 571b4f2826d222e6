/**
 * A list that is read page by page.
 *
 * @import { Refusal } from "./api.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { refusalOf } from "./api.js";
import { draw, saying } from "./page.js";
import { words } from "./words.js";
import { html, nothing } from "./html.js";

/** A page may be short and not the last: then it is read on, until there are so many items more. */
const ENOUGH = 25;

/**
 * @template T
 * @param {object} how
 * @param {(cursor: string | undefined) => Promise<{ items: T[], cursor?: string | null, looked_at?: number }>} how.ask reads a page
 * @param {(item: T) => string} how.id what an item is known by
 * @param {(items: T[], hasMore: boolean) => TemplateResult} how.list shows the items
 * @param {() => TemplateResult} how.none what to say if there are none
 * @param {(count: number, hasMore: boolean, items: T[], lookedAt: number) => string} [how.counted] how many there are
 * @param {boolean} [how.isTelling] whether it says that while it is still read, too
 * @param {(refusal: Refusal) => boolean} [how.refused] whether it was dealt with
 */
export function paged({ ask, id, list, none, counted, isTelling, refused }) {
  /** @type {T[]} */
  let items = [];
  /** @type {string | undefined} */
  let cursor;
  /** How much was looked through for them. */
  let lookedAt = 0;
  let isLoading = true;
  /** @type {(() => string) | undefined} */
  let trouble;
  /** How often it was read from its beginning; what an earlier reading still brings is of no use. */
  let reading = 0;
  /** Whether what was asked cannot be answered. */
  let isRefused = false;

  /** Reads the list from its beginning. */
  async function load() {
    items = [];
    await reload();
  }

  /** Reads the list from its beginning, as far as it was read if not otherwise `wanted`; what it showed stays until then. */
  async function reload(wanted = items.length) {
    reading += 1;
    [cursor, lookedAt, isRefused] = [undefined, 0, false];
    await read([], Math.max(wanted, ENOUGH));
  }

  /** @param {Event} event */
  async function more({ currentTarget }) {
    // Two presses would bring the same page twice.
    if (isLoading) {
      return;
    }
    const before = /** @type {HTMLElement} */ (currentTarget).previousElementSibling;
    const rows = before?.querySelector("tbody") ?? before;
    const shown = rows?.children.length ?? 0;
    await read(items);
    // The button may be gone by now, and what is new begins above it.
    const first = rows?.children[shown] ?? rows?.lastElementChild;
    if (first instanceof HTMLElement) {
      first.tabIndex = -1;
      first.focus();
    }
  }

  /** @param {T[]} before @param {number} [wanted] how many there are to be then */
  async function read(before, wanted = before.length + ENOUGH) {
    const mine = reading;
    [isLoading, trouble] = [true, undefined];
    try {
      do {
        draw();
        const page = await ask(cursor);
        if (mine !== reading) {
          return;
        }
        before = [...before, ...page.items];
        [items, cursor] = [before, page.cursor ?? undefined];
        lookedAt += page.looked_at ?? 0;
      } while (items.length < wanted && cursor);
    } catch (cause) {
      if (mine !== reading) {
        return;
      }
      const refusal = refusalOf(cause);
      isRefused = refused?.(refusal) === true;
      trouble = isRefused ? undefined : () => saying(refusal);
    }
    isLoading = false;
    draw();
  }

  /** Reads the first page anew, and puts above the others what came meanwhile. A failure is left to the next time. */
  async function refresh() {
    const mine = reading;
    if (isLoading || trouble || isRefused) {
      return;
    }
    try {
      const page = await ask(undefined);
      if (mine !== reading || isLoading) {
        return;
      }
      // A filter may find nothing among the newest, and still more behind them.
      if (page.items.length === 0 && page.cursor) {
        return;
      }
      const fresh = new Set(page.items.map(id));
      const later = items.filter((item) => !fresh.has(id(item)));
      if (later.length === items.length) {
        // So much came that some of it may stand between both.
        [items, cursor] = [page.items, page.cursor ?? undefined];
      } else {
        items = [...page.items, ...later];
      }
      draw();
    } catch (cause) {
      refusalOf(cause);
    }
  }

  const error = () => html`<p class="error" role="alert">${trouble?.()}</p>`;

  function view() {
    const isDone = !isLoading && !trouble;
    const isSaid = isDone ? items.length > 0 : isTelling && cursor && !trouble;
    return html`
      <div role="status">
        ${isSaid ? html`<p class="note">${counted?.(items.length, Boolean(cursor), items, lookedAt)}</p>` : nothing}
        ${isDone && items.length === 0 ? none() : nothing}
      </div>
      ${shown()}
    `;
  }

  function shown() {
    if (items.length === 0) {
      if (isLoading) {
        return html`<p class="loading" role="status">${words.loading}</p>`;
      }
      return trouble ? html`${error()}<button type="button" class="second" @click=${load}>${words.tryAgain}</button>` : nothing;
    }
    const text = isLoading ? words.oneMoment : trouble ? words.tryAgain : words.more;
    return html`
      ${list(items, Boolean(cursor))} ${trouble ? error() : nothing}
      ${cursor || trouble ? html`<button type="button" class="second" @click=${cursor ? more : () => reload()}>${text}</button>` : nothing}
    `;
  }

  return { load, reload, refresh, view, count: () => items.length };
}
