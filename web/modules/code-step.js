/**
 * The step at which the code is typed in: for clients and staff, after the form and after a link.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Channel, Refusal } from "./api.js"
 * @import { Pending } from "./challenge.js"
 * @import { Errors } from "./form.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { acting } from "./act.js";
import { call } from "./api.js";
import { TRIES, forget, note, now, onEndElsewhere, pending } from "./challenge.js";
import { field, onSubmit, showErrors, summary } from "./form.js";
import { letIn } from "./let-in.js";
import { draw, drawAndFocus, firm, saying } from "./page.js";
import { goOn } from "./session.js";
import { tab } from "./store.js";
import { codeIn } from "./typed.js";
import { duration, timeOfDay, words } from "./words.js";
import { html, nothing } from "./html.js";

/** From when on the page offers to check what was typed. */
const DOUBT_MS = 120_000;

/**
 * @typedef {object} Way
 * @property {Audience} audience
 * @property {() => Promise<void>} askAgain asks for another code, because this one is no longer good; throws what stands in the way
 * @property {(isOpen: boolean) => TemplateResult} doubt what else to check, or do, if no code comes; open after a while
 */

/** @param {Way} way */
export function codeStep({ audience, askAgain, doubt }) {
  let code = "";
  let keep = false;
  let isListening = false;
  const act = acting();
  const sending = acting();
  /** @type {Errors} */
  let errors = {};
  /** What became of sending it again. @type {() => string} */
  let news = () => "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let clock;

  /** Shows the step, and keeps its clock going. */
  function open() {
    [code, errors, news] = ["", {}, () => ""];
    clock ??= setInterval(tick, 1000);
    listenForText();
    drawAndFocus("#code", "h1");
  }

  function close() {
    clearInterval(clock);
    clock = undefined;
  }

  function tick() {
    const known = pending(audience);
    if (known?.planned && now() >= known.resendAt) {
      sendAgain(known, known.planned);
    }
    if (end() && document.getElementById("code")) {
      errors = {};
      drawAndFocus("h1");
    } else {
      redraw();
    }
  }

  /** Who pressed a button that is gone thereby stays where it was. */
  function redraw() {
    const held = document.activeElement;
    draw();
    if (!held?.isConnected) {
      document.getElementById("wait")?.focus();
    }
  }

  /** Why the code is no longer good, if it is not. */
  function end() {
    const known = pending(audience);
    if (known && known.tries >= TRIES) {
      return { title: words.fiveTriesTitle, text: words.fiveTriesText };
    }
    if (known?.isSpent) {
      return { title: words.spentCodeTitle, text: words.oldCodeText };
    }
    return undefined;
  }

  /** Whether the code is too old as this page counts time. It may be wrong, so the field stays. */
  const isOld = () => now() >= (pending(audience)?.expiresAt ?? Infinity);

  const title = () => end()?.title ?? words.codeTitle;

  // If someone is signed in by now, loading the page anew leads on.
  onEndElsewhere(audience, () => clock && location.reload());

  /** Takes the code out of the text message, where the browser can. */
  async function listenForText() {
    if (!("OTPCredential" in window) || isListening || audience === "staff") {
      return;
    }
    isListening = true;
    const options = /** @type {CredentialRequestOptions} */ ({ otp: { transport: ["sms"] } });
    const message = await navigator.credentials.get(options).catch(() => undefined);
    isListening = false;
    if (message) {
      code = /** @type {{ code?: string }} */ (/** @type {unknown} */ (message)).code ?? code;
      draw();
    }
  }

  async function submit() {
    const known = pending(audience);
    const digits = codeIn(code);
    if (act.isBusy || !known) {
      return;
    }
    if (!digits) {
      errors = { code: () => (code.trim() ? words.codeLength : words.codeEmpty) };
      showErrors();
      return;
    }
    await act(
      async () => {
        errors = {};
        const { next } = await call("post", "/api/challenges/{challenge}/session", { params: { challenge: known.challenge }, body: { code: digits, keep } });
        await letIn(audience);
        close();
        forget(audience);
        await goOn(audience, next);
      },
      (refusal) => refused(refusal, known),
    );
  }

  /**
   * @param {Refusal} refusal
   * @param {Pending} known
   */
  function refused(refusal, known) {
    if (refusal.name === "code-rejected") {
      const tries = known.tries + 1;
      note(audience, known, { tries });
      code = "";
      if (tries >= TRIES) {
        drawAndFocus("h1");
        return;
      }
      errors = { code: () => (isOld() ? words.codeWrongOld : words.codeWrong(TRIES - tries)) };
    } else {
      errors = { form: () => saying(refusal) };
    }
    showErrors();
  }

  /**
   * @param {Pending} known
   * @param {Channel} [channel]
   */
  function sendAgain(known, channel) {
    sending(
      async () => {
        note(audience, known, { planned: undefined });
        const params = { challenge: known.challenge };
        const sent = await call("post", "/api/challenges/{challenge}/deliveries", { params, body: { channel } });
        note(audience, known, { resendAt: now() + sent.resend_in * 1000, left: sent.left, byEmail: known.byEmail || channel === "email" });
        news = () => (channel === "email" ? words.sentByEmail : words.sentAgain);
        redraw();
      },
      (refusal) => {
        if (refusal.name === "too-many-requests") {
          const resendAt = now() + refusal.retryAfter * 1000;
          note(audience, known, { resendAt, left: resendAt >= known.expiresAt ? 0 : known.left });
        } else if (refusal.name === "not-found") {
          note(audience, known, { isSpent: true });
        }
        news = () => saying(refusal);
        redraw();
      },
    );
  }

  /** Has another code sent, and says what stands in the way. */
  function renew() {
    act(
      () => {
        errors = {};
        return askAgain();
      },
      (refusal) => {
        errors = { form: () => saying(refusal) };
        showErrors();
      },
    );
  }

  /** @param {Pending} known */
  function again(known) {
    if (known.left === 0) {
      return html`<p id="wait" tabindex="-1">${words.noMoreSends}</p>`;
    }
    const { planned, byEmail } = known;
    // A clock that was set back over a reload would make it long.
    const wait = now() < known.askedAt ? 0 : Math.ceil((known.resendAt - now()) / 1000);
    const canChoose = firm().sign_in.channels.length > 1 && audience === "client";
    const planEmail = () => {
      note(audience, known, { planned: "email" });
      tick();
    };
    const instead = html`<button type="button" class="second" @click=${planEmail}>${words.emailInstead}</button>`;
    const resend = html`
      <button type="button" class="second" aria-disabled=${sending.isBusy} @click=${() => sendAgain(known)}>
        ${sending.isBusy ? words.oneMoment : words.sendAgain}
      </button>
    `;
    return html`
      <p id="wait" tabindex="-1">${wait > 0 ? (planned ? words.emailSoon(duration(wait)) : words.againIn(duration(wait))) : nothing}</p>
      <div class="buttons">
        ${wait > 0 ? nothing : resend}
        ${canChoose && !planned && !byEmail ? instead : nothing}
      </div>
    `;
  }

  function renewal() {
    return html`
      <div class="buttons" id="wait" tabindex="-1">
        <button type="button" class="second" aria-disabled=${act.isBusy} @click=${renew}>${act.isBusy ? words.oneMoment : words.newCode}</button>
      </div>
    `;
  }

  /**
   * @param {string} title
   * @param {string} text
   */
  function over(title, text) {
    return html`
      <h1 tabindex="-1">${title}</h1>
      ${summary(errors)}
      <p>${text}</p>
      <button type="button" aria-disabled=${act.isBusy} @click=${renew}>${act.isBusy ? words.oneMoment : words.newCode}</button>
    `;
  }

  function view() {
    const known = pending(audience);
    if (!known) {
      return html`<h1 tabindex="-1">${words.codeTitle}</h1>`;
    }
    const ended = end();
    if (ended) {
      return over(ended.title, ended.text);
    }
    const on = known.sentTo ? words.codeSentTo(known.sentTo) : audience === "staff" ? words.staffCodeOnItsWay : words.codeOnItsWay;
    return html`
      <h1 tabindex="-1">${words.codeTitle}</h1>
      ${summary(errors)}
      <p>${on} ${words.askedAt(timeOfDay(known.askedAt))}</p>
      <form novalidate @submit=${onSubmit(submit)}>
        ${field({
          id: "code",
          label: words.codeLabel,
          hint: audience === "staff" ? words.codeHintMail : words.codeHint,
          value: code,
          typed: (value) => (code = value),
          errors,
          autocomplete: "one-time-code",
          inputmode: "numeric",
          short: true,
        })}
        ${tab.isKept() ? nothing : html`<p class="panel">${words.nothingKept}</p>`}
        ${audience === "client" ? keepChoice(keep, (value) => (keep = value)) : nothing}
        <button aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : words.signIn}</button>
      </form>
      <section aria-labelledby="nothing-yet">
        <h2 id="nothing-yet">${words.nothingYet}</h2>
        ${isOld() ? renewal() : again(known)}
        <p class="note" role="status">${isOld() ? words.oldCode : news()}</p>
        ${doubt(now() - known.askedAt > DOUBT_MS)}
      </section>
    `;
  }

  return { open, close, title, view };
}

/**
 * Whether the browser is to stay signed in.
 *
 * @param {boolean} value
 * @param {(value: boolean) => void} chosen
 */
export function keepChoice(value, chosen) {
  return html`
    <div class="choice">
      <input
        id="keep"
        type="checkbox"
        .checked=${value}
        aria-describedby="keep-hint"
        @change=${(/** @type {Event} */ event) => chosen(/** @type {HTMLInputElement} */ (event.target).checked)}
      />
      <label for="keep">${words.keep}</label>
      <p class="hint" id="keep-hint">${words.keepHint}</p>
    </div>
  `;
}
