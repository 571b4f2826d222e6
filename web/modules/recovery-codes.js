/**
 * Recovery codes, which are shown this once: they are copied, saved or printed before the page is left, and the browser keeps none of them.
 *
 * @import { Audience } from "./api-types.js"
 */

import { copy } from "./copy.js";
import { save } from "./download.js";
import { html, nothing } from "./html.js";
import { draw, firm, maybeSession } from "./page.js";
import { firmId } from "./place.js";
import { tab } from "./store.js";
import { dayAndTime, words } from "./words.js";

/** @param {Audience} audience */
export function recoveryCodes(audience) {
  const name = `${audience}:codes-not-kept`;
  /** @type {string[]} */
  let codes = [];
  let madeAt = 0;
  /** @type {(() => string) | undefined} */
  let news;

  addEventListener("beforeunload", (event) => {
    if (codes.length > 0) {
      event.preventDefault();
      // Browsers of before 2023 ask for this.
      event.returnValue = true;
    }
  });

  /** For whom they are, and since when: on paper nothing else tells. */
  function heading() {
    const who = maybeSession()?.contact?.email ?? maybeSession()?.staff?.email;
    return words.factorCodesHeading({ firm: firm().name, who, when: dayAndTime(madeAt) });
  }

  const text = () => [heading(), ...codes].join("\n");

  const press = {
    copy: async () => {
      const isCopied = await copy(document.querySelector(".recovery"), text());
      news = () => (isCopied ? words.copied : words.copyYourself);
      draw();
    },
    save: () => save({ file: new Blob([`${text()}\n`], { type: "text/plain" }), name: `recovery-codes-${firmId}.txt` }),
  };

  return {
    /** That codes are about to be made: should they never arrive here, the page knows that they were not kept. */
    expect: () => tab.write(name, true),
    /** Whether codes were made in this tab that nobody said to have kept. */
    areNotKept: () => tab.read(name) === true,
    /** @param {string[]} made */
    show: (made) => ([codes, madeAt, news] = [made, Date.now(), undefined]),
    /** They are kept, or there are none. */
    done: () => {
      codes = [];
      tab.write(name, undefined);
    },
    /** @param {() => void} kept */
    view: (kept) => html`
      <p>${words.factorCodesText(firm().name)}</p>
      <p class="note">${heading()}</p>
      <ol class="recovery" translate="no">
        ${codes.map((code) => html`<li><code>${groups(code, "-")}</code></li>`)}
      </ol>
      <div role="status">${news ? html`<p class="note">${news()}</p>` : nothing}</div>
      <div class="buttons">
        <button type="button" class="second" @click=${press.copy}>${words.factorCopyCodes}</button>
        <button type="button" class="second" @click=${press.save}>${words.factorSaveCodes}</button>
        <button type="button" class="second" @click=${() => print()}>${words.factorPrint}</button>
        <button type="button" @click=${kept}>${words.factorKept}</button>
      </div>
    `,
  };
}

/** Groups of four that stay whole at the end of a line. @param {string} text @param {string} [between] */
export function groups(text, between = " ") {
  const parts = text.match(/[^-]{1,4}/g) ?? [];
  return parts.map((part, index) => html`<span class="group">${part}${index < parts.length - 1 ? between : ""}</span>`);
}
