/**
 * A list that is read page by page.
 *
 * @import { TemplateResult } from "../vendor/lit.js"
 */

import { Refusal } from "./api.js";
import { draw, fail, saying } from "./page.js";
import { words } from "./words.js";
import { html, nothing } from "../vendor/lit.js";

/**
 * @template T
 * @param {object} how
 * @param {(cursor: string | undefined) => Promise<{ items: T[], cursor?: string | null }>} how.ask reads a page
 * @param {(item: T) => string} how.id what an item is known by
 * @param {(items: T[]) => TemplateResult} how.list shows the items
 * @param {() => TemplateResult} how.none what to say if there are none
 * @param {(refusal: Refusal) => boolean} [how.refused] whether it was dealt with
 */
export function paged({ ask, id, list, none, refused }) {
  /** @type {T[]} */
  let items = [];
  /** @type {string | undefined} */
  let cursor;
  let isLoading = true;
  /** @type {(() => string) | undefined} */
  let trouble;
  /** How often it was read from its beginning; what an earlier reading still brings is of no use. */
  let reading = 0;
  /** Whether what was asked cannot be answered. */
  let isRefused = false;

  /** Reads the list from its beginning. */
  async function load() {
    reading += 1;
    [items, cursor, isRefused] = [[], undefined, false];
    await more();
  }

  async function more() {
    const mine = reading;
    [isLoading, trouble] = [true, undefined];
    draw();
    try {
      // A page may be empty and not the last.
      do {
        const page = await ask(cursor);
        if (mine !== reading) {
          return;
        }
        [items, cursor] = [[...items, ...page.items], page.cursor ?? undefined];
      } while (items.length === 0 && cursor);
    } catch (refusal) {
      if (mine !== reading) {
        return;
      }
      stumble(refusal);
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
      const fresh = new Set(page.items.map(id));
      const later = items.filter((item) => !fresh.has(id(item)));
      if (later.length === items.length) {
        // So much came that some of it may stand between both.
        [items, cursor] = [page.items, page.cursor ?? undefined];
      } else {
        items = [...page.items, ...later];
      }
      draw();
    } catch (refusal) {
      if (refusal instanceof Refusal && refusal.name === "session-needed") {
        fail(refusal);
      }
    }
  }

  /** @param {unknown} refusal */
  function stumble(refusal) {
    if (refusal instanceof Refusal && refusal.name === "session-needed") {
      fail(refusal);
      return;
    }
    isRefused = refusal instanceof Refusal && refused?.(refusal) === true;
    if (!isRefused) {
      trouble = () => saying(refusal);
    }
  }

  const error = () => html`<p class="error" role="alert">${trouble?.()}</p>`;

  function view() {
    if (items.length === 0) {
      if (isLoading) {
        return html`<p class="loading" role="status">${words.loading}</p>`;
      }
      return trouble ? html`${error()}<button type="button" class="second" @click=${load}>${words.tryAgain}</button>` : none();
    }
    return html`
      ${list(items)} ${trouble ? error() : nothing}
      ${cursor ? html`<button type="button" class="second" @click=${more}>${isLoading ? words.oneMoment : words.more}</button>` : nothing}
    `;
  }

  return { load, refresh, view };
}
