/**
 * The second factor: giving it to come in, setting it up, its recovery codes, and switching it off.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Enrolment, Next, Refusal } from "./api.js"
 * @import { Errors } from "./form.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { acting } from "./act.js";
import { inAddress } from "./address-query.js";
import { call } from "./api.js";
import { field, onSubmit, showErrors, summary } from "./form.js";
import { html, nothing } from "./html.js";
import { drawAndFocus, firm, lacksFactor, maybeSession, saying, session } from "./page.js";
import { at } from "./place.js";
import { goOn, goToSignIn } from "./session.js";
import { stepUp } from "./step-up.js";
import { codeIn } from "./typed.js";
import { words } from "./words.js";

/** @typedef {"give" | "needed" | "shown" | "prove" | "set-up" | "codes"} Step */

/** The seed within an address that apps read, in groups that a person can type. @param {string} uri */
function seedIn(uri) {
  const seed = /[?&]secret=([^&]+)/.exec(uri)?.[1] ?? "";
  return seed.replace(/.{4}(?=.)/g, "$& ");
}

/** @param {Audience} audience */
export function twoFactorView(audience) {
  const act = acting();
  // Whoever has a factor changes it by that factor.
  const proof = stepUp(audience, true);
  /** @type {Step} */
  let step = "shown";
  let code = "";
  /** @type {Errors} */
  let errors = {};
  /** @type {Enrolment | undefined} */
  let enrolment;
  /** @type {string[]} */
  let recoveryCodes = [];
  /** Whether the way led here from signing in. */
  let comesIn = false;
  /** @type {(() => string) | undefined} */
  let news;

  /** @param {Step} next */
  function enter(next) {
    [step, code, errors] = [next, "", {}];
    drawAndFocus("#code", "h1");
  }

  /** Shows what is the case, once that is known. */
  function open() {
    comesIn = lacksFactor();
    if (!comesIn && !maybeSession()) {
      goToSignIn(audience);
      return;
    }
    const next = /** @type {Next | undefined} */ (inAddress("step"));
    enter(!comesIn ? "shown" : next === "enrol-second-factor" ? "needed" : "give");
  }

  /** Does what someone pressed; where that takes a fresh proof, asks for it first. @param {() => Promise<void>} does */
  function press(does) {
    act(
      () => {
        [errors, news] = [{}, undefined];
        return does();
      },
      (refusal) => {
        if (refusal.name === "step-up-needed") {
          enter("prove");
          proof.ask(() => press(does));
        } else {
          refused(refusal);
        }
      },
    );
  }

  /** @param {Refusal} refusal */
  function refused(refusal) {
    if (refusal.name === "code-rejected") {
      code = "";
      errors = { code: () => (step === "give" ? words.factorWrong : words.factorCodeWrong) };
    } else if (refusal.fields.code) {
      errors = { code: () => words.factorUnread };
    } else if (refusal.name === "second-factor-needed") {
      // The other of both was meant.
      enter(step === "give" ? "needed" : "give");
      return;
    } else {
      errors = { form: () => (refusal.name === "second-factor-required" ? words.factorRequired : saying(refusal)) };
    }
    showErrors();
  }

  const give = () =>
    press(async () => {
      const { next } = await call("post", "/api/session/second-factor", { audience, body: { code } });
      await goOn(audience, next);
    });

  const enrol = () =>
    press(async () => {
      enrolment = await call("post", "/api/second-factor", { audience, body: {} });
      enter("set-up");
    });

  const confirm = () =>
    press(async () => {
      const body = { code: codeIn(code) ?? code };
      ({ recovery_codes: recoveryCodes } = await call("post", "/api/second-factor/confirmation", { audience, body }));
      enrolment = undefined;
      enter("codes");
    });

  const remove = () =>
    press(async () => {
      await call("delete", "/api/second-factor", { audience });
      session().second_factor = "none";
      news = () => words.factorIsOff;
      enter("shown");
    });

  async function kept() {
    recoveryCodes = [];
    if (comesIn) {
      await goOn(audience);
    }
    session().second_factor = "totp";
    news = () => words.factorIsOn;
    enter("shown");
  }

  /** @param {string} text */
  const waiting = (text) => (act.isBusy ? words.oneMoment : text);

  /** @param {string} label @param {string} [hint] */
  const codeField = (label, hint) =>
    field({ id: "code", label, hint, value: code, typed: (value) => (code = value), errors, autocomplete: "one-time-code", short: step !== "give" });

  const startOver = () => html`<p><a class="link" href=${at(audience === "staff" ? "staff/sign-in" : "sign-in")}>${words.factorStartOver}</a></p>`;

  /** @type {Record<Step, () => TemplateResult>} */
  const views = {
    give: () => html`
      <h1 tabindex="-1">${words.factorTitle}</h1>
      ${summary(errors)}
      <p>${words.factorLead}</p>
      <form novalidate @submit=${onSubmit(give)}>
        ${codeField(words.factorLabel, words.factorHint)}
        <button aria-disabled=${act.isBusy}>${waiting(words.signIn)}</button>
      </form>
      <p class="note">${words.factorLost(firm().name)}</p>
      ${startOver()}
    `,
    needed: () => html`
      <h1 tabindex="-1">${words.factorNeededTitle}</h1>
      ${summary(errors)}
      <p>${words.factorNeeded(firm().name)}</p>
      <p>${words.factorApps}</p>
      <button type="button" aria-disabled=${act.isBusy} @click=${enrol}>${waiting(words.factorSetUp)}</button>
      ${startOver()}
    `,
    shown: () => {
      const isOn = maybeSession()?.second_factor === "totp";
      const mayRemove = isOn && !maybeSession()?.second_factor_required;
      return html`
        <h1 tabindex="-1">${words.twoFactor}</h1>
        ${summary(errors)}
        <div role="status">${news ? html`<p class="receipt">${news()}</p>` : nothing}</div>
        <p>${isOn ? words.factorOn : words.factorOff}</p>
        <p>${isOn ? nothing : words.factorApps}</p>
        <div class="buttons">
          <button type="button" class=${isOn ? "second" : nothing} aria-disabled=${act.isBusy} @click=${enrol}>
            ${waiting(isOn ? words.factorReplace : words.factorSetUp)}
          </button>
          ${mayRemove
            ? html`<button type="button" class="second" aria-disabled=${act.isBusy} @click=${remove}>${words.factorSwitchOff}</button>`
            : nothing}
        </div>
      `;
    },
    prove: proof.screen,
    "set-up": () => html`
      <h1 tabindex="-1">${words.factorSetUpTitle}</h1>
      ${summary(errors)}
      <p>${words.factorScan}</p>
      <img class="qr" src="data:image/svg+xml,${encodeURIComponent(enrolment?.qr_svg ?? "")}" alt=${words.factorPicture} />
      <details>
        <summary>${words.factorCannotScan}</summary>
        <p>${words.factorType}</p>
        <p><code translate="no">${seedIn(enrolment?.otpauth_uri ?? "")}</code></p>
      </details>
      <form novalidate @submit=${onSubmit(confirm)}>
        ${codeField(words.factorFirstCode, words.factorFirstHint)}
        <button aria-disabled=${act.isBusy}>${waiting(words.factorSwitchOn)}</button>
      </form>
    `,
    codes: () => html`
      <h1 tabindex="-1">${words.factorCodesTitle}</h1>
      <p>${words.factorCodesText(firm().name)}</p>
      <ol class="recovery" translate="no">
        ${recoveryCodes.map((recovery) => html`<li><code>${recovery}</code></li>`)}
      </ol>
      <div class="buttons">
        <button type="button" class="second" @click=${() => print()}>${words.factorPrint}</button>
        <button type="button" @click=${kept}>${words.factorKept}</button>
      </div>
    `,
  };

  const title = () =>
    ({
      give: words.factorTitle,
      needed: words.factorNeededTitle,
      shown: words.twoFactor,
      prove: words.factorProveTitle,
      "set-up": words.factorSetUpTitle,
      codes: words.factorCodesTitle,
    })[step];

  return { open, title, view: () => views[step]() };
}
