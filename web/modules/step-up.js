/**
 * Proving anew who is at the keyboard, where something asks for a fresh proof: by the app, or by a code that is sent.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Refusal } from "./api.js"
 * @import { Errors } from "./form.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { acting } from "./act.js";
import { call } from "./api.js";
import { field, onSubmit, showErrors, summary } from "./form.js";
import { html, nothing } from "./html.js";
import { drawAndFocus, maybeSession, saying } from "./page.js";
import { codeIn } from "./typed.js";
import { words } from "./words.js";

/** @param {Audience} audience @param {boolean} [byAppAlone] whether who has an app proves it by that, and not by a code that is sent */
export function stepUp(audience, byAppAlone = false) {
  const act = acting();
  let code = "";
  /** @type {Errors} */
  let errors = {};
  /** The challenge of a code that was sent as a proof. @type {string | undefined} */
  let challenge;
  /** What waits for the proof, if anything does. @type {(() => unknown) | undefined} */
  let wish;

  /** Asks for a proof, before `does` is done. @param {() => unknown} does */
  function ask(does) {
    [wish, challenge, code, errors] = [does, undefined, "", {}];
    drawAndFocus("#code", "#step-up button", "h1");
  }

  function close() {
    wish = undefined;
  }

  /** @param {() => Promise<void>} does */
  const press = (does) =>
    act(
      () => {
        errors = {};
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
      return { code: () => (challenge ? words.factorCodeWrong : words.factorWrong) };
    }
    return refusal.fields.code ? { code: () => words.factorUnread } : { form: () => saying(refusal) };
  }

  /** Sends a code, for who has no app at hand. */
  async function send() {
    ({ challenge } = await call("post", "/api/session/challenges", { audience, body: {} }));
    code = "";
    drawAndFocus("#code");
  }

  async function prove() {
    await (challenge
      ? call("post", "/api/challenges/{challenge}/session", { params: { challenge }, body: { code: codeIn(code) ?? code } })
      : call("post", "/api/session/second-factor", { audience, body: { code } }));
    const does = wish;
    close();
    does?.();
  }

  /** @param {TemplateResult} heading */
  function view(heading) {
    const byApp = maybeSession()?.second_factor === "totp" && !challenge;
    const waiting = (/** @type {string} */ text) => (act.isBusy ? words.oneMoment : text);
    const [label, hint] = byApp ? [words.factorLabel, words.factorHint] : [words.codeLabel, words.codeHint];
    return html`
      <div id="step-up">
        ${heading} ${summary(errors)}
        <p>${challenge ? words.factorProofSent : byApp ? words.factorProveByApp : words.factorProveByCode}</p>
        ${byApp || challenge
          ? html`<form novalidate @submit=${onSubmit(() => press(prove))}>
              ${field({ id: "code", label, hint, value: code, typed: (value) => (code = value), errors, autocomplete: "one-time-code", short: true })}
              <button aria-disabled=${act.isBusy}>${waiting(words.goOn)}</button>
            </form>`
          : nothing}
        ${challenge || (byApp && byAppAlone)
          ? nothing
          : html`<div class="buttons">
              <button type="button" class=${byApp ? "second" : nothing} aria-disabled=${act.isBusy} @click=${() => press(send)}>
                ${waiting(words.factorSendProof)}
              </button>
            </div>`}
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
