/**
 * One document of a list: what it is, its download, and what may be done with it by whoever may: another name, away with it, back again.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Document, Refusal } from "./api.js"
 * @import { Errors } from "./form.js"
 */

import { acting } from "./act.js";
import { call } from "./api.js";
import { reasonIn } from "./document-reason.js";
import { downloadFrom } from "./download.js";
import { field, onSubmit, showErrors } from "./form.js";
import { draw, drawAndFocus, saying } from "./page.js";
import { dayAndTime, fileSize, words } from "./words.js";
import { html, nothing } from "./html.js";

/**
 * @param {object} how
 * @param {Audience} how.audience
 * @param {(document: Document) => (string | undefined)[]} how.about what to say of it, beside when it was sent and how large it is
 * @param {(document: Document) => boolean} how.isTheirs whether whoever is signed in may change it
 * @param {() => void} [how.moved] is told when one went into the bin or came out of it
 */
export function documentRows({ audience, about, isTheirs, moved = () => {} }) {
  /** Documents as they are since something was done with them here, by their id. @type {Map<string, Document>} */
  const latest = new Map();
  /** Why something was not done. @type {{ document: string, say: () => string } | undefined} */
  let trouble;
  /** The name that is being typed. @type {{ document: string, name: string, errors: Errors } | undefined} */
  let naming;
  /** What was done, for who cannot see it. @type {(() => string) | undefined} */
  let done;
  const act = acting();

  const isStaff = audience === "staff";
  const mayDelete = (/** @type {Document} */ document) => isTheirs(document) && (isStaff || document.seen.length === 0);
  const at = (/** @type {string} */ button, /** @type {string} */ document) => `${button}-${document}`;

  /**
   * @param {Document} document
   * @param {() => Promise<void>} does
   */
  const doing = ({ document }, does) =>
    act(
      async () => {
        [trouble, done] = [undefined, undefined];
        await does();
      },
      (refusal) => (trouble = { document, say: () => notDone(refusal) }),
    );

  /** @param {Refusal} refusal */
  function notDone(refusal) {
    /** @type {Record<string, string>} */
    const known = words.documentTroubles;
    return known[refusal.name] ?? saying(refusal);
  }

  /** @param {Document} document */
  const download = (document) =>
    doing(document, async () => {
      const { url } = await call("get", "/api/documents/{document}/download", { audience, params: { document: document.document } });
      downloadFrom(url);
    });

  /** @param {Document} document */
  const remove = (document) =>
    doing(document, async () => {
      await call("delete", "/api/documents/{document}", { audience, params: { document: document.document } });
      latest.set(document.document, { ...document, deleted_at: new Date().toISOString() });
      done = () => words.deletedSaid(document.name);
      drawAndFocus(`#${at("restore", document.document)}`);
      moved();
    });

  /** @param {Document} document */
  const restore = (document) =>
    doing(document, async () => {
      const params = { document: document.document };
      latest.set(document.document, await call("put", "/api/documents/{document}/restoration", { audience, params, body: {} }));
      done = () => words.restoredSaid(document.name);
      drawAndFocus(`#${at("name", document.document)}`);
      moved();
    });

  /** @param {Document} document */
  function beginName({ document, name }) {
    naming = { document, name, errors: {} };
    drawAndFocus(`#${at("new-name", document)}`);
  }

  /** @param {string} document */
  function endName(document) {
    naming = undefined;
    drawAndFocus(`#${at("name", document)}`);
  }

  /** @param {Document} document */
  function saveName(document) {
    const typed = naming;
    if (!typed?.name.trim()) {
      naming = typed && { ...typed, errors: { [at("new-name", document.document)]: () => words.newNameEmpty } };
      showErrors();
      return;
    }
    doing(document, async () => {
      const params = { document: document.document };
      const renamed = await call("patch", "/api/documents/{document}", { audience, params, body: { name: typed.name } });
      latest.set(document.document, renamed);
      done = () => words.renamedSaid(renamed.name);
      endName(document.document);
    });
  }

  /** @param {Document} document */
  function nameForm(document) {
    const id = at("new-name", document.document);
    return html`
      <form novalidate @submit=${onSubmit(() => saveName(document))}>
        ${field({
          id,
          label: words.newName(document.name),
          value: naming?.name ?? "",
          errors: naming?.errors ?? {},
          typed: (name) => naming && (naming.name = name),
        })}
        <div class="buttons">
          <button aria-disabled=${act.isBusy}>${words.saveName}</button>
          <button type="button" class="second" @click=${() => endName(document.document)}>${words.cancel}</button>
        </div>
      </form>
    `;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {Document} document
   * @param {(document: Document) => void} press
   */
  const button = (id, text, document, press) => html`
    <button type="button" class="link" id=${at(id, document.document)} aria-label="${text}: ${document.name}" @click=${() => press(document)}>
      ${text}
    </button>
  `;

  /** @param {Document} document */
  function acts(document) {
    if (document.deleted_at) {
      return button("restore", words.restore, document, restore);
    }
    return html`
      ${document.state === "ready" ? button("download", words.download, document, download) : nothing}
      ${isTheirs(document) && document.state === "ready" ? button("name", words.rename, document, beginName) : nothing}
      ${mayDelete(document) ? button("delete", isStaff || document.state !== "ready" ? words.delete : words.takeBack, document, remove) : nothing}
    `;
  }

  /** @param {Document} listed */
  function row(listed) {
    const document = latest.get(listed.document) ?? listed;
    const texts = [...about(document), dayAndTime(document.created_at), fileSize(document.size)].filter(Boolean);
    return html`
      <li>
        <div class="what">
          <p><strong translate="no">${document.name}</strong></p>
          <p class="hint">${texts.join("\u00a0· ")}</p>
          ${document.locked_with_password ? html`<p class="hint">${words.asksForPassword}</p>` : nothing}
          ${document.state === "refused" ? html`<p class="bad">${words.refused} ${reasonIn(document)}</p>` : nothing}
          ${document.deleted_at
            ? html`<p class="hint">${document.ends_at ? words.goesOn(dayAndTime(document.ends_at)) : words.deletedText}</p>`
            : nothing}
          ${trouble?.document === document.document ? html`<p class="error" role="alert">${trouble.say()}</p>` : nothing}
          ${naming?.document === document.document ? nameForm(document) : nothing}
        </div>
        <div class="acts">${naming?.document === document.document ? nothing : acts(document)}</div>
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
