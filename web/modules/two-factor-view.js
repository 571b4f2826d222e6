/**
 * The second factor: giving it to come in, setting it up, its recovery codes, and switching it off.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Next } from "./api.js"
 * @import { Errors } from "./form.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { acting } from "./act.js";
import { inAddress } from "./address-query.js";
import { Refusal, call } from "./api.js";
import { enrolmentView, keptEnrolment } from "./enrolment.js";
import { field, onSubmit, showErrors, summary } from "./form.js";
import { html, nothing } from "./html.js";
import { drawAndFocus, firm, lacksFactor, maybeSession, saying, session } from "./page.js";
import { at } from "./place.js";
import { recoveryCodes } from "./recovery-codes.js";
import { awaited, goOn, goToSignIn } from "./session.js";
import { stepUp } from "./step-up.js";
import { tab } from "./store.js";
import { codeIn } from "./typed.js";
import { timeOfDay, words } from "./words.js";

/** @typedef {"give" | "needed" | "shown" | "prove" | "set-up" | "codes"} Step */

/** Wrong codes of an app within [`PAUSE_MS`] after which the server looks at none for as long. */
const TRIES = 5;
const PAUSE_MS = 15 * 60_000;

/** @param {Audience} audience */
export function twoFactorView(audience) {
  const act = acting();
  // Whoever has a factor changes it by that factor.
  const proof = stepUp(audience, () => enter("shown"), true);
  const enrolment = keptEnrolment(audience);
  const recovery = recoveryCodes(audience);
  const inSetUp = enrolmentView();
  /** @type {Step} */
  let step = "shown";
  let code = "";
  /** @type {Errors} */
  let errors = {};
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
    const next = /** @type {Next | ""} */ (inAddress("step")) || awaited(audience);
    const isToGive = comesIn && next !== "enrol-second-factor";
    // What was begun goes on, but where it has come to its end.
    enter(isToGive ? "give" : enrolment.get() ? "set-up" : comesIn ? "needed" : "shown");
  }

  /**
   * Does what someone pressed; where that takes a fresh proof, asks for it first.
   *
   * @param {() => Promise<void>} does
   * @param {() => string} called what its button says
   */
  function press(does, called) {
    act(
      () => {
        [errors, news] = [{}, undefined];
        return does();
      },
      (refusal) => {
        if (refusal.name === "step-up-needed") {
          enter("prove");
          proof.ask(() => press(does, called), called);
        } else {
          refused(refusal);
        }
      },
    );
  }

  /** @param {Refusal} refusal */
  function refused(refusal) {
    if (refusal.name === "code-rejected") {
      wrongCode();
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

  function wrongCode() {
    if (step === "give") {
      const until = codeIn(code) ? pausedUntil() : undefined;
      errors = { code: () => (until ? words.factorPaused(timeOfDay(until)) : words.factorWrong) };
    } else if (enrolment.isUsedUp()) {
      enter(comesIn ? "needed" : "shown");
      errors = { form: () => words.factorKeyUsedUp };
    } else {
      errors = { code: () => words.factorCodeWrong };
    }
    code = "";
  }

  /** Counts a wrong code of the app, as the server does, and says until when it looks at no more of them; nothing, if it still does. */
  function pausedUntil() {
    const [name, now] = [`${audience}:wrong-codes`, Date.now()];
    const known = /** @type {number[]} */ (tab.read(name) ?? []).filter((at) => now < at + PAUSE_MS);
    const wrong = known.length < TRIES ? [...known, now] : known;
    tab.write(name, wrong);
    return wrong.length < TRIES ? undefined : wrong[TRIES - 1] + PAUSE_MS;
  }

  const give = () =>
    press(async () => {
      const { next } = await call("post", "/api/session/second-factor", { audience, body: { code } });
      tab.write(`${audience}:wrong-codes`, undefined);
      await goOn(audience, next);
    }, () => words.signIn);

  const enrol = () =>
    press(async () => {
      enrolment.begin(await call("post", "/api/second-factor", { audience, body: {} }));
      enter("set-up");
    }, () => (isOn() ? words.factorReplace : words.factorSetUp));

  const confirm = () =>
    press(async () => {
      const body = { code: codeIn(code) ?? code };
      const wasOn = isOn();
      const wereLost = recovery.areNotKept();
      recovery.expect();
      try {
        const { recovery_codes: codes } = await call("post", "/api/second-factor/confirmation", { audience, body });
        recovery.show(codes);
      } catch (refusal) {
        if (await cameOn(wasOn)) {
          return;
        }
        if (!wereLost && refusal instanceof Refusal && refusal.name !== "offline") {
          recovery.done();
        }
        throw refusal;
      }
      enrolment.end();
      enter("codes");
    }, () => words.factorSwitchOn);

  const isOn = () => maybeSession()?.second_factor === "totp";

  /** Whether it is on by now: the answer to an earlier press may have been lost, and the codes with it. @param {boolean} wasOn */
  async function cameOn(wasOn) {
    const found = wasOn ? undefined : await call("get", "/api/session", { audience, stays: true }).catch(() => undefined);
    if (found?.second_factor !== "totp") {
      return false;
    }
    enrolment.end();
    // Who was about to come in is in by now; the page finds out anew.
    location.reload();
    return true;
  }

  const remove = () =>
    press(async () => {
      await call("delete", "/api/second-factor", { audience });
      recovery.done();
      session().second_factor = "none";
      news = () => words.factorIsOff;
      enter("shown");
    }, () => words.factorSwitchOff);

  async function kept() {
    recovery.done();
    if (comesIn) {
      await goOn(audience);
    }
    session().second_factor = "totp";
    news = () => words.factorIsOn;
    enter("shown");
  }

  /** Gives up what was begun. */
  function cancel() {
    enrolment.end();
    enter("shown");
  }

  /** @param {string} text */
  const waiting = (text) => (act.isBusy ? words.oneMoment : text);

  /** @param {string} label @param {string} [hint] */
  const codeField = (label, hint) =>
    field({ id: "code", label, hint, value: code, typed: (value) => (code = value), errors, autocomplete: "one-time-code", short: step !== "give" });

  const startOver = () => html`<p><a class="link" href=${at(audience === "staff" ? "staff/sign-in" : "sign-in")}>${words.factorStartOver}</a></p>`;

  /** @param {() => void} pressed @param {string} text @param {boolean} [isSecond] */
  const button = (pressed, text, isSecond) =>
    html`<button type="button" class=${isSecond ? "second" : nothing} aria-disabled=${act.isBusy} @click=${pressed}>${waiting(text)}</button>`;

  /** What is the case: that codes were made of which nobody said to have kept them comes first. */
  function state() {
    if (!isOn()) {
      return html`
        <p>${news ? nothing : words.factorOffNow} ${words.factorOff}</p>
        <p>${words.factorApps}</p>
        <div class="buttons">${button(enrol, words.factorSetUp)}</div>
      `;
    }
    const off = session().second_factor_required ? nothing : button(remove, words.factorSwitchOff, true);
    return recovery.areNotKept()
      ? html`
          <p class="panel">${words.factorNotKept}</p>
          <div class="buttons">${button(enrol, words.factorAgain)} ${button(kept, words.factorKept, true)} ${off}</div>
        `
      : html`
          <p>${words.factorOn}</p>
          <p>${words.factorNoCodesLeft}</p>
          <div class="buttons">${button(enrol, words.factorReplace, true)} ${off}</div>
        `;
  }

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
      ${button(enrol, words.factorSetUp)} ${startOver()}
    `,
    shown: () => html`
      <h1 tabindex="-1">${words.twoFactor}</h1>
      ${summary(errors)}
      <div role="status">${news ? html`<p class="receipt">${news()}</p>` : nothing}</div>
      ${state()}
    `,
    prove: proof.screen,
    "set-up": () => html`
      <h1 tabindex="-1">${words.factorSetUpTitle}</h1>
      ${summary(errors)} ${inSetUp(enrolment.get())}
      <form novalidate @submit=${onSubmit(confirm)}>
        ${codeField(words.factorFirstCode, words.factorFirstHint)}
        <button aria-disabled=${act.isBusy}>${waiting(words.factorSwitchOn)}</button>
      </form>
      <p><button type="button" class="link" aria-disabled=${act.isBusy} @click=${enrol}>${words.factorNewKey}</button></p>
      ${comesIn ? startOver() : html`<p><button type="button" class="link" @click=${cancel}>${words.cancel}</button></p>`}
    `,
    codes: () => html`
      <h1 tabindex="-1">${words.factorCodesTitle}</h1>
      ${recovery.view(kept)}
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
