/**
 * An authenticator app that is being set up. On a phone the way leads to the app and back, and the tab may be thrown away meanwhile: so the tab
 * keeps the key until it is confirmed. Until then it opens nothing; from then on nothing here knows it.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Enrolment } from "./api.js"
 */

import { copy } from "./copy.js";
import { html, nothing } from "./html.js";
import { draw } from "./page.js";
import { groups } from "./recovery-codes.js";
import { tab } from "./store.js";
import { words } from "./words.js";

/** For how long the server takes a code of a key, and it is shown again. */
const LIFE_MS = 10 * 60_000;
/** Wrong codes after which the server gives the key up. */
const TRIES = 5;

/** @typedef {{ enrolment: Enrolment, begunAt: number, tries: number }} Kept */

/** @param {Audience} audience */
export function keptEnrolment(audience) {
  const name = `${audience}:enrolment`;

  /** @returns {Kept | undefined} */
  function kept() {
    const known = /** @type {Kept | undefined} */ (tab.read(name));
    return known && Date.now() < known.begunAt + LIFE_MS ? known : undefined;
  }

  return {
    /** What the app takes over, if that was begun and not ended. */
    get: () => kept()?.enrolment,
    /** @param {Enrolment} enrolment */
    begin: (enrolment) => tab.write(name, { enrolment, begunAt: Date.now(), tries: 0 }),
    end: () => tab.write(name, undefined),
    /** Counts a wrong code, and says whether the key is used up by it. */
    isUsedUp() {
      const known = kept();
      const tries = (known?.tries ?? TRIES) + 1;
      tab.write(name, known && tries < TRIES ? { ...known, tries } : undefined);
      return tries >= TRIES;
    },
  };
}

/** The seed within an address that apps read. @param {Enrolment} enrolment */
export const seedIn = ({ otpauth_uri: uri }) => /[?&]secret=([^&]+)/.exec(uri)?.[1] ?? "";


/** How an app takes the key over: on a device that is touched the app is likely there, elsewhere it is on the phone beside it. */
export function enrolmentView() {
  /** @type {(() => string) | undefined} */
  let news;

  /** @param {Enrolment} enrolment */
  async function copyKey(enrolment) {
    const isCopied = await copy(document.getElementById("key"), seedIn(enrolment));
    news = () => (isCopied ? words.copied : words.copyYourself);
    draw();
  }

  /** @param {Enrolment} enrolment */
  const picture = ({ qr_svg: svg }) => html`
    <p>${words.factorScan}</p>
    <img class="qr" src="data:image/svg+xml,${encodeURIComponent(svg)}" alt=${words.factorPicture} />
  `;

  /** @param {Enrolment} enrolment */
  const key = (enrolment) => html`
    <p>${words.factorType}</p>
    <p><code id="key" translate="no">${groups(seedIn(enrolment))}</code></p>
    <button type="button" class="second" @click=${() => copyKey(enrolment)}>${words.factorCopyKey}</button>
    <div role="status">${news ? html`<p class="note">${news()}</p>` : nothing}</div>
  `;

  /** @param {Enrolment | undefined} enrolment */
  return function view(enrolment) {
    if (!enrolment) {
      return nothing;
    }
    return matchMedia("(pointer: coarse), (max-width: 40rem)").matches
      ? html`
          <p><a class="button" href=${enrolment.otpauth_uri}>${words.factorOpenApp}</a></p>
          <p>${words.factorOpenText}</p>
          ${key(enrolment)}
          <details>
            <summary>${words.factorElsewhere}</summary>
            ${picture(enrolment)}
          </details>
        `
      : html`
          ${picture(enrolment)}
          <details>
            <summary>${words.factorCannotScan}</summary>
            ${key(enrolment)}
          </details>
        `;
  };
}
