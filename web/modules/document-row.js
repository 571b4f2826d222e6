/**
 * One document of a list: what it is, its download, and what may be done with it by whoever may: another name, away with it, back again.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Document, Refusal } from "./api.js"
 */

import { acting } from "./act.js";
import { call } from "./api.js";
import { reasonIn } from "./document-reason.js";
import { downloadFrom } from "./download.js";
import { parted, renamed } from "./file-names.js";
import { onSubmit, typedInto } from "./form.js";
import { nameField } from "./name-field.js";
import { draw, drawAndFocus, firm, saying } from "./page.js";
import { dayAndTime, fileSize, words } from "./words.js";
import { html, nothing } from "./html.js";

/** @typedef {"download" | "name" | "delete" | "restore" | "save"} Act */

/**
 * @param {object} how
 * @param {Audience} how.audience
 * @param {(document: Document) => (string | undefined)[]} how.about what to say of it, beside when it was sent and how large it is
 * @param {(document: Document) => boolean} how.isTheirs whether whoever is signed in may change it
 * @param {(what: Document) => void} [how.changed] is told of one that has another name, or went into the bin or came out of it
 */
export function documentRows({ audience, about, isTheirs, changed = () => {} }) {
  /** Documents as they are since something was done with them here, by their id. @type {Map<string, Document>} */
  const latest = new Map();
  /** What is being done with each. @type {Map<string, { act: ReturnType<typeof acting>, what?: Act }>} */
  const acts = new Map();
  /** Why something was not done. @type {Map<string, () => string>} */
  const troubles = new Map();
  /** Names that are being typed, by the documents' ids. */
  const naming = typedInto(`names:${audience}`, { stems: /** @type {Record<string, string>} */ ({}) });
  /** What was done last, for who cannot see it. @type {(() => string) | undefined} */
  let done;

  const isStaff = audience === "staff";
  const isOfOwnSide = (/** @type {Document} */ { by }) => "staff" in by === isStaff;
  const mayDelete = (/** @type {Document} */ document) => isTheirs(document) && (isStaff || document.seen.length === 0);

  /** @param {string} document */
  function actOf(document) {
    const known = acts.get(document) ?? { act: acting() };
    acts.set(document, known);
    return known;
  }

  /**
   * @param {Document} document
   * @param {Act} what
   * @param {() => Promise<void>} does
   */
  function doing({ document }, what, does) {
    const one = actOf(document);
    if (one.act.isBusy) {
      return;
    }
    one.what = what;
    troubles.delete(document);
    done = undefined;
    one.act(does, (refusal) => troubles.set(document, () => notDone(refusal)));
  }

  /** @param {Refusal} refusal */
  function notDone(refusal) {
    /** @type {Record<string, string>} */
    const known = words.documentTroubles;
    return known[refusal.name] ?? saying(refusal);
  }

  /** @param {Document} document */
  const download = (document) =>
    doing(document, "download", async () => {
      const { url } = await call("get", "/api/documents/{document}/download", { audience, params: { document: document.document } });
      downloadFrom(url);
    });

  /** @param {Document} document @param {string} place */
  const remove = (document, place) =>
    doing(document, "delete", async () => {
      await call("delete", "/api/documents/{document}", { audience, params: { document: document.document } });
      const gone = { ...document, deleted_at: new Date().toISOString() };
      latest.set(document.document, gone);
      done = () => words.deletedSaid(document.name);
      changed(gone);
      drawAndFocus(`#${place}restore-${document.document}`);
    });

  /** @param {Document} document @param {string} place */
  const restore = (document, place) =>
    doing(document, "restore", async () => {
      const params = { document: document.document };
      const back = await call("put", "/api/documents/{document}/restoration", { audience, params, body: {} });
      latest.set(document.document, back);
      done = () => words.restoredSaid(document.name);
      changed(back);
      // Out of the bin it leads back to where all stand.
      drawAndFocus(...(place ? ["#bin"] : [`#name-${back.document}`, `#delete-${back.document}`]));
    });

  /** @param {string} document */
  function endName(document) {
    delete naming.stems[document];
    naming.keep();
    troubles.delete(document);
    drawAndFocus(`#name-${document}`);
  }

  /** @param {Document} one */
  function beginName(one) {
    const id = `new-name-${one.document}`;
    naming.stems[one.document] ??= parted(one.name)[0];
    drawAndFocus(`#${id}`);
    /** @type {HTMLInputElement | null} */ (document.getElementById(id))?.select();
  }

  /** @param {Document} document */
  function saveName(document) {
    const stem = naming.stems[document.document] ?? "";
    if (!stem.trim()) {
      troubles.set(document.document, () => words.newNameEmpty);
      drawAndFocus(`#new-name-${document.document}`);
      return;
    }
    doing(document, "save", async () => {
      const [params, body] = [{ document: document.document }, { name: renamed(stem, document.name) }];
      const called = await call("patch", "/api/documents/{document}", { audience, params, body });
      latest.set(document.document, called);
      done = () => words.renamedSaid(called.name);
      changed(called);
      endName(document.document);
    });
  }

  /** @param {Document} document */
  function nameForm(document) {
    const { act } = actOf(document.document);
    const cancel = () => !act.isBusy && endName(document.document);
    const key = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && cancel();
    return html`
      <form novalidate @submit=${onSubmit(() => saveName(document))} @keydown=${key}>
        ${nameField({
          id: `new-name-${document.document}`,
          label: words.newName(document.name),
          name: document.name,
          typed: naming.stems[document.document],
          error: troubles.get(document.document)?.(),
          change: (stem) => {
            naming.stems[document.document] = stem;
            naming.keep();
          },
        })}
        <div class="buttons">
          <button aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : words.saveName}</button>
          <button type="button" class="second" aria-disabled=${act.isBusy} @click=${cancel}>${words.cancel}</button>
        </div>
      </form>
    `;
  }

  /**
   * @param {string} place
   * @param {Act} what
   * @param {string} text
   * @param {Document} document
   * @param {(document: Document, place: string) => void} press
   */
  function button(place, what, text, document, press) {
    const one = actOf(document.document);
    const said = one.act.isBusy && one.what === what ? words.oneMoment : text;
    return html`
      <button
        type="button"
        class="link"
        id="${place}${what}-${document.document}"
        aria-label="${text}: ${document.name}"
        aria-disabled=${one.act.isBusy}
        @click=${() => press(document, place)}
      >
        ${said}
      </button>
    `;
  }

  /** @param {Document} document @param {string} place */
  function buttons(document, place) {
    if (document.deleted_at) {
      return button(place, "restore", words.restore, document, restore);
    }
    const isReady = document.state === "ready";
    return html`
      ${isReady ? button(place, "download", words.download, document, download) : nothing}
      ${isTheirs(document) && isReady ? button(place, "name", words.rename, document, beginName) : nothing}
      ${mayDelete(document) ? button(place, "delete", isStaff || !isReady ? words.delete : words.takeBack, document, remove) : nothing}
    `;
  }

  /** Who of the other side has opened it. @param {Document} document */
  function opened(document) {
    const [seen] = document.seen;
    if (!seen || !isOfOwnSide(document)) {
      return nothing;
    }
    return html`<p class="hint">${words.openedBy(isStaff ? seen.name : firm().name, dayAndTime(seen.at))}</p>`;
  }

  /**
   * @param {Document} listed
   * @param {string} [place] what the ids of its buttons begin with, where it may stand in another list too
   */
  function row(listed, place = "") {
    const document = latest.get(listed.document) ?? listed;
    const texts = [...about(document), dayAndTime(document.created_at), fileSize(document.size)].filter(Boolean);
    const isNaming = !place && !document.deleted_at && naming.stems[document.document] !== undefined;
    const trouble = isNaming ? undefined : troubles.get(document.document);
    return html`
      <li>
        <div class="what">
          <p><strong translate="no">${document.name}</strong></p>
          <p class="hint">${texts.join("\u00a0· ")}</p>
          ${opened(document)} ${document.locked_with_password ? html`<p class="hint">${words.asksForPassword}</p>` : nothing}
          ${document.state === "refused" ? html`<p class="bad">${words.refused} ${reasonIn(document)}</p>` : nothing}
          ${document.deleted_at
            ? html`<p class="hint">${document.ends_at && place ? words.goesOn(dayAndTime(document.ends_at)) : words.deletedText}</p>`
            : nothing}
          ${trouble ? html`<p class="error" role="alert">${trouble()}</p>` : nothing} ${isNaming ? nameForm(document) : nothing}
        </div>
        <div class="acts">${isNaming ? nothing : buttons(document, place)}</div>
      </li>
    `;
  }

  return {
    row,
    /** What was done last. */
    said: () => html`<p class="unseen" role="status">${done?.()}</p>`,
    /** Takes the server's word again for what was done here. */
    forget: () => {
      latest.clear();
      draw();
    },
  };
}
