/**
 * Proving anew who is at the keyboard, where something asks for a fresh proof: by the app, or by a code that is sent.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Channel, Refusal } from "./api.js"
 * @import { Errors } from "./form.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { acting } from "./act.js";
import { call } from "./api.js";
import { field, onSubmit, showErrors, summary } from "./form.js";
import { html, nothing } from "./html.js";
import { drawAndFocus, firm, maybeSession, saying, session } from "./page.js";
import { codeIn } from "./typed.js";
import { words } from "./words.js";

/**
 * @param {Audience} audience
 * @param {() => void} cancelled is told that they do not wish to
 * @param {boolean} [byAppAlone] whether who has an app proves it by that, and not by a code that is sent
 */
export function stepUp(audience, cancelled, byAppAlone = false) {
  const act = acting();
  let code = "";
  /** @type {Errors} */
  let errors = {};
  /** The challenge of a code that was sent as a proof. @type {string | undefined} */
  let challenge;
  /** What waits for the proof, if anything does, and what it is called. @type {{ does: () => unknown, called: () => string } | undefined} */
  let wish;
  /** What became of sending it again. @type {(() => string) | undefined} */
  let news;

  /**
   * Asks for a proof, before `does` is done.
   *
   * @param {() => unknown} does
   * @param {() => string} called what it is, in words
   */
  function ask(does, called) {
    [wish, challenge, code, errors, news] = [{ does, called }, undefined, "", {}, undefined];
    drawAndFocus("#code", "#step-up button", "h1");
  }

  function close() {
    wish = undefined;
  }

  function cancel() {
    close();
    cancelled();
  }

  /** @param {() => Promise<void>} does */
  const press = (does) =>
    act(
      () => {
        [errors, news] = [{}, undefined];
        return does();
      },
      (refusal) => {
        code = refusal.name === "code-rejected" ? "" : code;
        errors = wrong(refusal);
        showErrors();
      },
    );

  /** @param {Refusal} refusal @returns {Errors} */
  function wrong(refusal) {
    if (refusal.name === "code-rejected") {
      return { code: () => (challenge ? words.factorProofWrong : words.factorWrong) };
    }
    return refusal.fields.code ? { code: () => words.factorUnread } : { form: () => saying(refusal) };
  }

  /** Sends a code, for who has no app at hand, or sends it again. @param {Channel} [channel] */
  async function send(channel) {
    if (challenge) {
      await call("post", "/api/challenges/{challenge}/deliveries", { params: { challenge }, body: { channel } });
      news = () => words.sentAgain;
    } else {
      ({ challenge } = await call("post", "/api/session/challenges", { audience, body: { channel } }));
      code = "";
    }
    drawAndFocus("#code");
  }

  /** Where the code goes: to staff by email alone. */
  const whereTo = () => (audience === "staff" ? words.codeSentTo(session().staff?.email ?? "") : words.factorProofSent);

  async function prove() {
    await (challenge
      ? call("post", "/api/challenges/{challenge}/session", { params: { challenge }, body: { code: codeIn(code) ?? code } })
      : call("post", "/api/session/second-factor", { audience, body: { code } }));
    const does = wish?.does;
    close();
    does?.();
  }

  /** @param {TemplateResult} heading */
  function view(heading) {
    const byApp = maybeSession()?.second_factor === "totp" && !challenge;
    const waiting = (/** @type {string} */ text) => (act.isBusy ? words.oneMoment : text);
    const [label, hint] = byApp ? [words.factorLabel, words.factorHint] : [words.codeLabel, audience === "staff" ? words.codeHintMail : words.codeHint];
    const maySend = !(byApp && byAppAlone);
    const mayMail = audience === "client" && firm().sign_in.channels.length > 1;
    return html`
      <div id="step-up">
        ${heading} ${summary(errors)}
        <p>${words.factorProveFor(wish?.called() ?? "")}</p>
        <p>${challenge ? whereTo() : byApp ? words.factorProveByApp : words.factorProveByCode}</p>
        <div role="status">${news ? html`<p class="note">${news()}</p>` : nothing}</div>
        ${byApp || challenge
          ? html`<form novalidate @submit=${onSubmit(() => press(prove))}>
              ${field({ id: "code", label, hint, value: code, typed: (value) => (code = value), errors, autocomplete: "one-time-code", short: true })}
              <button aria-disabled=${act.isBusy}>${waiting(words.goOn)}</button>
            </form>`
          : nothing}
        <div class="buttons">
          ${maySend
            ? html`<button type="button" class=${byApp || challenge ? "second" : nothing} aria-disabled=${act.isBusy} @click=${() => press(() => send())}>
                ${challenge ? words.sendAgain : waiting(words.factorSendProof)}
              </button>`
            : nothing}
          ${maySend && mayMail
            ? html`<button type="button" class="second" aria-disabled=${act.isBusy} @click=${() => press(() => send("email"))}>${words.emailInstead}</button>`
            : nothing}
          <button type="button" class="second" @click=${cancel}>${words.cancel}</button>
        </div>
      </div>
    `;
  }

  /** What asks for the proof, in place of a whole screen. */
  const screen = () => view(html`<h1 tabindex="-1">${words.factorProveTitle}</h1>`);

  return {
    ask,
    close,
    view,
    screen,
    get isAsked() {
      return wish !== undefined;
    },
  };
}
