/**
 * Where files are chosen, dropped or photographed, looked over, and sent by a button that says to whom; how far each has come; what did not
 * arrive; and the receipt for all that did.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Item } from "./sending.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { acting } from "./act.js";
import { call } from "./api.js";
import { reasonIn } from "./document-reason.js";
import { isDownloading } from "./download.js";
import { renamed } from "./file-names.js";
import { readFields } from "./form.js";
import { html, nothing } from "./html.js";
import { nameField } from "./name-field.js";
import { draw, drawAndFocus, saying } from "./page.js";
import { photosView } from "./photos-view.js";
import { each } from "./rows.js";
import { canBeTried, isPassing, sending } from "./sending.js";
import { goToSignIn } from "./session.js";
import { unsent } from "./unsent.js";
import { dayAndTime, duration, fileSize, words } from "./words.js";

/** Documents that one mail names. */
const MAILED_MOST = 100;
/** From how many milliseconds on it is said how long it still takes. */
const LONG_MS = 15_000;

/** @typedef {{ client?: string, name: string }} Whose for whom files are; the name is empty where it is not known */

/**
 * @param {object} how
 * @param {Audience} how.audience
 * @param {() => string} how.page who sees this page, and of whom: what was chosen on another is not told here
 * @param {() => Whose | undefined} how.whose for whom files are; nothing while that has to be said
 * @param {() => void} how.ask asks for whom they are, because it was not said
 * @param {() => TemplateResult | typeof nothing} [how.choice] where it is said
 * @param {(whose?: Whose) => string} how.seenBy who will see what is sent
 * @param {(count: number, whose?: Whose) => string} how.button
 * @param {(when: string) => string} how.receipt to whom it went
 * @param {() => string} how.next what happens now that it has arrived
 * @param {() => void} how.arrived files have arrived
 */
export function sendView({ audience, page, whose, ask, choice, seenBy, button, receipt: receiptText, next, arrived }) {
  /**
   * What has arrived since something was last sent: for whom which files, and what became of the wish to have that mailed.
   *
   * @type {{ at: number, lots: Map<string, Item[]>, mailed?: () => string } | undefined}
   */
  let receipt;
  let isOver = false;
  /** @type {ReturnType<typeof unsent> | undefined} */
  let memory;
  const files = sending({ audience, changed, ended });
  const mailing = acting();
  const photos = photosView((gone, pdf) => {
    gone.forEach(files.remove);
    add([pdf]);
  });

  /** @param {...Item["stage"]} stages */
  const at = (...stages) => files.items().filter(({ stage }) => stages.includes(stage));
  const remembered = () => (memory ??= unsent(page()));

  function changed() {
    remembered().keep(files.items().filter(({ stage }) => stage !== "arrived" && stage !== "refused").map(({ file }) => file));
    draw();
  }

  function ended() {
    const there = at("arrived");
    if (there.length > 0) {
      const lots = new Map();
      for (const item of there) {
        lots.set(item.whose?.name ?? "", [...(lots.get(item.whose?.name ?? "") ?? []), item]);
      }
      receipt = { at: Date.now(), lots };
      // Without a session that would lead away from what says which files did not arrive.
      if (files.items().every(({ trouble }) => trouble !== "signed-out")) {
        arrived();
      }
    }
    // The keyboard was at what is gone now.
    if (document.activeElement === document.body || document.activeElement?.id === "under-way") {
      drawAndFocus("#did-not-arrive", "#receipt");
    } else {
      draw();
    }
  }

  /** @param {File[]} chosen @param {Set<File>} [folders] */
  function add(chosen, folders) {
    remembered().drop(chosen);
    files.choose(chosen, folders);
    drawAndFocus("#to-send", "#did-not-arrive");
  }

  function send() {
    readFields();
    const whom = whose();
    if (!whom) {
      ask();
      return;
    }
    receipt = undefined;
    files.send(whom);
    drawAndFocus("#under-way");
  }

  addEventListener("beforeunload", (event) => {
    if ((files.isRunning() || at("chosen").length > 0) && !isDownloading()) {
      event.preventDefault();
      // Browsers of before 2023 ask for this.
      event.returnValue = true;
    }
  });
  // A file that is dropped beside would be opened in place of the page.
  for (const event of ["dragover", "drop"]) {
    addEventListener(event, (event) => event.preventDefault());
  }

  /** @param {Event} event */
  function chosen({ target }) {
    const input = /** @type {HTMLInputElement} */ (target);
    add(Array.from(input.files ?? []));
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
    const folders = new Set();
    for (const item of event.dataTransfer?.items ?? []) {
      if (item.webkitGetAsEntry?.()?.isDirectory) {
        folders.add(item.getAsFile()?.name);
      }
    }
    const given = Array.from(event.dataTransfer?.files ?? []);
    add(given, new Set(given.filter(({ name }) => folders.has(name))));
  }

  function chooser() {
    // What is to be pressed next stands out.
    const isChoosing = !files.isRunning() && at("chosen").length === 0;
    return html`
      <div class=${isOver ? "drop over" : "drop"} @dragover=${dragged} @dragleave=${dragged} @drop=${dropped}>
        <p class="mouse-only">${words.drop}</p>
        <div class="buttons">
          <div class="file">
            <input id="files" type="file" multiple aria-describedby="limits" @change=${chosen} />
            <label class=${isChoosing ? "button" : "button second"} for="files">${at("chosen").length > 0 ? words.chooseMore : words.choose}</label>
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

  /** What will be sent, for a last look. */
  function toSend() {
    const items = at("chosen");
    if (items.length === 0) {
      return nothing;
    }
    const whom = whose();
    return html`
      <section class="sending" aria-labelledby="to-send">
        <h2 id="to-send" tabindex="-1">${words.toSend(items.length)}</h2>
        <p class="hint">${words.toSendHint}</p>
        <ul class="rows">
          ${each(items, naming)}
        </ul>
        ${photos(items)} ${choice?.() ?? nothing}
        <p>${seenBy(whom)}</p>
        <button type="button" @click=${send}>${button(items.length, whom)}</button>
      </section>
    `;
  }

  /** @param {Item} item */
  function naming(item) {
    return html`
      <li>
        <div class="what">
          ${nameField({
            id: `name-${item.id}`,
            label: words.nameOf(item.file.name),
            name: item.name,
            change: (stem) => {
              item.name = renamed(stem, item.name);
            },
            done: draw,
          })}
          <p class="hint">${fileSize(item.file.size)}</p>
        </div>
        ${away(item)}
      </li>
    `;
  }

  /** @param {Item} item */
  function away(item) {
    const remove = () => {
      files.remove(item);
      drawAndFocus("#did-not-arrive", "#files");
    };
    return html`<button type="button" class="link" aria-label="${words.remove}: ${item.name}" @click=${remove}>${words.remove}</button>`;
  }

  /** What is on its way, or waits for its turn. */
  function underWay() {
    if (!files.isRunning()) {
      return nothing;
    }
    const items = at("waiting", "reading", "sending", "checking", "arrived");
    const left = files.left();
    return html`
      <section class="sending" aria-labelledby="under-way">
        <h2 id="under-way" tabindex="-1">${words.underWay}</h2>
        ${left > LONG_MS ? html`<p>${words.timeLeft(duration(left / 1000))}</p>` : nothing}
        <ul class="rows">
          ${each(items, moving)}
        </ul>
      </section>
    `;
  }

  /** @param {Item} item */
  function moving(item) {
    const { file, name, stage } = item;
    return html`
      <li>
        <div class="what">
          <p><strong translate="no">${name}</strong> <span class="hint">${fileSize(file.size)}</span></p>
          ${how(item)}
        </div>
        ${stage === "arrived" || stage === "checking"
          ? nothing
          : html`<button type="button" class="link" aria-label="${words.stop}: ${name}" @click=${() => files.stop(item)}>${words.stop}</button>`}
      </li>
    `;
  }

  /** @param {Item} item */
  function how(item) {
    const { file, name, stage, sent, trouble } = item;
    if (trouble) {
      return html`<p>${why(item)}</p>`;
    }
    switch (stage) {
      case "sending":
        return html`
          <p>${words.sending(Math.floor((sent / file.size) * 100))}</p>
          <progress max="1" .value=${sent / file.size} aria-label=${name}></progress>
        `;
      case "arrived":
        return html`<p class="good">✓ ${words.arrived}</p>`;
      default:
        return html`<p>${words[/** @type {"waiting"} */ (stage)]}</p>`;
    }
  }

  /** @param {Item} item */
  function why({ stage, trouble, why }) {
    // What passes by itself, most times, went on to the end.
    return trouble === "refused" ? reasonIn(why) : isPassing(trouble) && stage === "failed" ? words.gaveUp : words.troubles[trouble ?? "stopped"];
  }

  /** What did not arrive. It stays until someone takes it away. */
  function failures() {
    const items = at("failed", "refused");
    const lost = remembered().lost();
    if (items.length + lost.length === 0) {
      return nothing;
    }
    const tried = items.filter(canBeTried);
    const retry = () => {
      receipt = undefined;
      files.retry();
      drawAndFocus("#under-way");
    };
    const signIn = () => goToSignIn(audience);
    return html`
      <div class="failures">
        <h2 id="did-not-arrive" tabindex="-1">${words.failedTitle(items.length + lost.length)}</h2>
        <ul class="rows">
          ${each(items, failure)} ${lost.map(loss)}
        </ul>
        ${tried.length > 0 ? html`<button type="button" @click=${retry}>${words.tryAll(tried.length)}</button>` : nothing}
        ${items.some(({ trouble }) => trouble === "signed-out")
          ? html`<button type="button" @click=${signIn}>${words.signIn}</button>`
          : nothing}
      </div>
    `;
  }

  /** @param {Item} item */
  function failure(item) {
    return html`
      <li>
        <div class="what">
          <p><strong translate="no">${item.name}</strong></p>
          <p>${why(item)}</p>
        </div>
        ${away(item)}
      </li>
    `;
  }

  /** @param {import("./unsent.js").Lost} lost */
  function loss(lost) {
    const remove = () => {
      remembered().drop([lost]);
      changed();
      drawAndFocus("#did-not-arrive", "#files");
    };
    return html`
      <li>
        <p class="what">${words.lost(lost.name)}</p>
        <button type="button" class="link" aria-label="${words.remove}: ${lost.name}" @click=${remove}>${words.remove}</button>
      </li>
    `;
  }

  /** One for all that was sent together. */
  function receipted() {
    if (!receipt) {
      return nothing;
    }
    const now = receipt;
    const { at, lots, mailed } = now;
    const count = [...lots.values()].flat().length;
    return html`
      <div class="receipt" id="receipt" tabindex="-1">
        <h2>${words.receiptTitle(count)}</h2>
        <p>${receiptText(dayAndTime(at))}</p>
        ${[...lots].map(
          ([name, names]) => html`
            ${name ? html`<h3>${words.receiptFor(name)}</h3>` : nothing}
            <ul translate="no">
              ${names.map(({ name }) => html`<li>${name}</li>`)}
            </ul>
          `,
        )}
        <p>${next()}</p>
        ${mailed ? html`<p>${mailed()}</p>` : nothing}
        <div class="buttons">
          <button type="button" class="link" @click=${() => print()}>${words.print}</button>
          ${audience === "client"
            ? html`<button type="button" class="link" aria-disabled=${mailing.isBusy} @click=${() => mail(now)}>
                ${mailing.isBusy ? words.oneMoment : words.mailReceipt}
              </button>`
            : nothing}
        </div>
      </div>
    `;
  }

  /** Has the receipt mailed, and says to where. @param {NonNullable<typeof receipt>} of */
  const mail = (of) =>
    mailing(
      async () => {
        of.mailed = undefined;
        const documents = [...of.lots.values()].flat().flatMap(({ begun }) => begun?.document ?? []);
        for (let from = 0; from < documents.length; from += MAILED_MOST) {
          const body = { documents: documents.slice(from, from + MAILED_MOST) };
          const { sent_to } = await call("post", "/api/receipts", { audience: "client", body });
          of.mailed = () => words.receiptMailed(sent_to);
        }
      },
      (refusal) => (of.mailed = () => saying(refusal)),
    );

  function view() {
    const progress = files.isRunning() ? words.progress(at("arrived").length, at("waiting", "reading", "sending", "checking", "arrived").length) : "";
    return html`
      <div role="status" class=${receipt ? "sent" : nothing}>
        ${failures()} ${receipted()}
        <p class="note">${progress}</p>
      </div>
      ${underWay()} ${toSend()} ${chooser()}
    `;
  }

  return {
    view,
    /** What the receipt says is no longer so. */
    forgetReceipt: () => {
      receipt = undefined;
      draw();
    },
  };
}
