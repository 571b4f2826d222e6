/**
 * The offer to make one PDF of the photos among what was chosen.
 *
 * @import { Item } from "./sending.js"
 */

import { html, nothing } from "./html.js";
import { isPhoto, onePdf } from "./one-pdf.js";
import { draw } from "./page.js";
import { words } from "./words.js";

/** @param {(photos: Item[], pdf: File) => void} replace puts the PDF in their place */
export function photosView(replace) {
  /** @type {"busy" | "failed" | undefined} */
  let state;

  /** @param {Item[]} photos */
  async function join(photos) {
    if (state === "busy") {
      return;
    }
    state = "busy";
    draw();
    try {
      const pdf = await onePdf(photos.map(({ file }) => file));
      state = undefined;
      replace(photos, pdf);
    } catch {
      // A picture that this browser cannot read, or no line to what joins them.
      state = "failed";
      draw();
    }
  }

  /** @param {Item[]} chosen */
  return (chosen) => {
    const photos = chosen.filter(({ file }) => isPhoto(file));
    if (photos.length < 2) {
      return nothing;
    }
    return html`
      ${state === "failed" ? html`<p class="error" role="alert">${words.joinFailed}</p>` : nothing}
      <p>
        <button type="button" class="second" aria-disabled=${state === "busy"} @click=${() => join(photos)}>
          ${state === "busy" ? words.oneMoment : words.join(photos.length)}
        </button>
      </p>
    `;
  };
}
