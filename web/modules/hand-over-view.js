/**
 * Where files are chosen, dropped or photographed, how far each has come, and the receipt for all of them.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Item } from "./hand-over.js"
 * @import { TemplateResult } from "../vendor/lit.js"
 */

import { isDownloading } from "./download.js";
import { handOver } from "./hand-over.js";
import { draw } from "./page.js";
import { goToSignIn } from "./session.js";
import { dayAndTime, fileSize, words } from "./words.js";
import { html, nothing } from "../vendor/lit.js";

/**
 * @param {object} how
 * @param {Audience} how.audience
 * @param {() => { client?: string } | undefined} how.whose for which client files are; nothing while that is being asked
 * @param {(when: string) => string} how.receipt what the receipt says under its title
 * @param {() => void} how.arrived files have arrived
 * @returns {{ view: () => TemplateResult, goOn: () => void }} `goOn` is to be called when it has been said for whom files are
 */
export function handOverView({ audience, whose, receipt: receiptText, arrived }) {
  /** What has arrived since files were last chosen. @type {{ names: string[], at: number } | undefined} */
  let receipt;
  let isOver = false;
  /** Chosen before it was said for whom: a photo may be nowhere else. @type {File[]} */
  let held = [];
  const batch = handOver({ audience, changed: draw, ended });

  function ended() {
    const names = batch.items().filter((item) => item.stage === "arrived").map((item) => item.file.name);
    if (names.length > 0) {
      receipt = { names, at: Date.now() };
      // Without a session that would lead away from what says which files did not arrive.
      if (batch.items().every((item) => item.reason !== "signed-out")) {
        arrived();
      }
    }
    draw();
  }

  /** @param {Iterable<File>} files */
  function add(files) {
    held.push(...files);
    const whom = held.length > 0 ? whose() : undefined;
    if (whom) {
      receipt = undefined;
      batch.add(held, whom.client);
      held = [];
    }
  }

  addEventListener("beforeunload", (event) => batch.isRunning() && !isDownloading() && event.preventDefault());
  // A file that is dropped beside would be opened in place of the page.
  for (const event of ["dragover", "drop"]) {
    addEventListener(event, (event) => event.preventDefault());
  }

  /** @param {Event} event */
  function chosen({ target }) {
    const input = /** @type {HTMLInputElement} */ (target);
    add(input.files ?? []);
    // The same file can be chosen once more.
    input.value = "";
  }

  /** @param {DragEvent} event */
  function dragged(event) {
    event.preventDefault();
    isOver = event.type === "dragover";
    draw();
  }

  /** @param {DragEvent} event */
  function dropped(event) {
    dragged(event);
    add(event.dataTransfer?.files ?? []);
  }

  function chooser() {
    return html`
      <div class=${isOver ? "drop over" : "drop"} @dragover=${dragged} @dragleave=${dragged} @drop=${dropped}>
        <p class="mouse-only">${words.drop}</p>
        <div class="buttons">
          <div class="file">
            <input id="files" type="file" multiple aria-describedby="limits" @change=${chosen} />
            <label class="button" for="files">${words.choose}</label>
          </div>
          <div class="file touch-only">
            <input id="photo" type="file" accept="image/*" capture="environment" aria-describedby="limits" @change=${chosen} />
            <label class="button second" for="photo">${words.photo}</label>
          </div>
        </div>
        <p class="hint" id="limits">${words.limits}</p>
      </div>
    `;
  }

  /** @param {Item} item */
  function row(item) {
    return html`
      <li>
        <div class="what">
          <p><strong>${item.file.name}</strong> <span class="hint">${fileSize(item.file.size)}</span></p>
          ${stage(item)}
        </div>
        ${wayOn(item)}
      </li>
    `;
  }

  /** @param {Item} item */
  function stage({ file, stage, share, reason }) {
    switch (stage) {
      case "sending":
        return html`
          <p>${words.sending(Math.floor(share * 100))}</p>
          <progress max="1" .value=${share} aria-label=${file.name}></progress>
        `;
      case "waiting":
      case "reading":
      case "checking":
        return html`<p>${words[stage]}</p>`;
      case "arrived":
        return html`<p class="good">✓ ${words.arrived}</p>`;
      default:
        return html`<p class="bad"><strong>${words[stage]}.</strong> ${why(reason)}</p>`;
    }
  }

  /** @param {Item["reason"]} reason */
  function why(reason) {
    return {
      failed: words.failedText,
      unreadable: words.unreadable,
      "too-large": words.tooLarge,
      empty: words.emptyFile,
      "signed-out": words.signedOutText,
      "other-account": words.otherAccount,
      "too-many": words.tooManyFiles,
      refused: words.refusedText,
    }[reason ?? "failed"];
  }

  /** @param {Item} item */
  function wayOn(item) {
    if (item.stage !== "failed") {
      return nothing;
    }
    const button = (/** @type {string} */ text, /** @type {() => void} */ act) =>
      html`<button type="button" class="second" @click=${act}>${text}</button>`;
    switch (item.reason) {
      case "signed-out":
        return button(words.signIn, () => goToSignIn(audience));
      case "failed":
        return button(words.tryAgain, () => batch.retry(item));
      default:
        return nothing;
    }
  }

  function progress() {
    const items = batch.items();
    const done = items.filter((item) => item.stage === "arrived").length;
    return batch.isRunning() ? words.progress(done, items.length) : "";
  }

  /** One for all that was sent together; what did not arrive stays listed below it. */
  function receipted() {
    if (!receipt) {
      return nothing;
    }
    return html`
      <div class="receipt">
        <h2>${words.receiptTitle(receipt.names.length)}</h2>
        <p>${receiptText(dayAndTime(receipt.at))}</p>
        <ul>
          ${receipt.names.map((name) => html`<li>${name}</li>`)}
        </ul>
      </div>
    `;
  }

  function view() {
    const items = batch.items().filter((item) => !(receipt && item.stage === "arrived"));
    return html`
      ${chooser()}
      <div role="status">
        <p class="note">${progress()}</p>
        ${receipted()}
      </div>
      ${items.length > 0
        ? html`<ul class="rows" aria-label=${words.batchTitle}>
            ${items.map(row)}
          </ul>`
        : nothing}
    `;
  }

  return { view, goOn: () => add([]) };
}
