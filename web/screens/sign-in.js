/**
 * The door for clients: email, then the last four, then the code.
 *
 * @import { Channel, Refusal } from "../modules/api.js"
 * @import { Errors } from "../modules/form.js"
 */

import { acting } from "../modules/act.js";
import { askHelp } from "../modules/ask-help.js";
import { call } from "../modules/api.js";
import { askedFor, begun, forget, pending, remember } from "../modules/challenge.js";
import { codeStep } from "../modules/code-step.js";
import { NO_DIGITS, gateError, gateField } from "../modules/digits.js";
import { emailError } from "../modules/email.js";
import { field, onSubmit, readFields, showErrors, summary, typedInto } from "../modules/form.js";
import { draw, drawAndFocus, firm, maybeSession, saying, signedOut, start } from "../modules/page.js";
import { firmId } from "../modules/place.js";
import { goOn } from "../modules/session.js";
import { gateIn } from "../modules/typed.js";
import { words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

const typed = typedInto("sign-in", { email: "" });
/** In memory alone, for as long as this page is open. */
let gate = "";
let wasCut = false;
const act = acting();
/** @type {Errors} */
let errors = {};

const code = codeStep({ audience: "client", askAgain, doubt });

const help = askHelp(askedFor, () => typed.email);

/** @returns {"email" | "gate" | "code"} */
function step() {
  if (pending("client")) {
    return "code";
  }
  return history.state === "gate" && typed.email ? "gate" : "email";
}

const isChecked = () => firm().sign_in.identity_check !== "none";
const canText = () => firm().sign_in.channels.includes("sms");
const isChosen = () => firm().sign_in.code_channel === "client_choice" && canText();
const isByLink = () => firm().sign_in.access_mode === "link_only";
/** Whether something is asked between the email and the code. */
const hasSecondStep = () => isChecked() || isChosen();
/** Whether a link was asked for, where links alone lead in. */
let isMailed = false;

/** Another step is shown than before: with nothing wrong yet, and the keyboard where it is needed. */
function enter() {
  errors = {};
  if (step() === "code") {
    code.open();
  } else {
    code.close();
    drawAndFocus("#email, #digits");
  }
}

function checkEmail() {
  errors = typed.email.includes("@") ? {} : { email: typed.email.trim() ? emailError(typed.email) : () => words.emailEmpty };
  return !errors.email;
}

function emailGiven() {
  if (!checkEmail()) {
    showErrors();
  } else if (isByLink()) {
    mailLink();
  } else if (hasSecondStep()) {
    history.pushState("gate", "");
    enter();
  } else {
    ask();
  }
}

function mailLink() {
  act(async () => {
    await call("post", "/api/firms/{firm}/links", { params: { firm: firmId }, body: { email: typed.email } });
    isMailed = true;
    drawAndFocus("h1");
  }, refused);
}

/** @param {Channel} [channel] */
async function ask(channel) {
  const given = gateIn(gate);
  checkEmail();
  if (isChecked() && "wrong" in given && given.wrong !== "text") {
    errors.digits = gateError(given.wrong);
  }
  if (errors.email || errors.digits) {
    complain();
    return;
  }
  await act(async () => {
    const from = step();
    const digits = "digits" in given ? given.digits : NO_DIGITS;
    const body = { email: typed.email, gate: isChecked() ? digits : undefined, channel };
    const challenge = await call("post", "/api/firms/{firm}/challenges", { params: { firm: firmId }, body });
    // Who went back meanwhile is about to ask for another.
    if (step() === from) {
      remember("client", begun(challenge, { from: "form", byEmail: channel === "email" }));
      enter();
    }
  }, refused);
}

/** @param {Refusal} refusal */
function refused(refusal) {
  const { fields } = refusal;
  errors = {};
  if (fields.email) {
    errors.email = emailError(typed.email);
  }
  if (fields.gate) {
    const given = gateIn(gate);
    errors.digits = gateError("wrong" in given ? given.wrong : "length");
  }
  if (!fields.email && !fields.gate) {
    errors.form = () => saying(refusal);
  } else if (fields.email && step() === "gate") {
    history.replaceState(null, "");
  }
  complain();
}

/** Shows what is wrong: beside the code that was asked for, or above the form. */
function complain() {
  if (step() === "code") {
    drawAndFocus("details .wrong input");
  } else {
    showErrors();
  }
}

function otherEmail() {
  history.replaceState(null, "");
  enter();
}

/** The code is no longer good. With both still in memory, one press brings another; else the last four are asked for again. */
async function askAgain() {
  const hasBoth = typed.email && (gate || !isChecked());
  if (hasBoth) {
    await ask();
    if (Object.keys(errors).length === 0) {
      return;
    }
  }
  forget("client");
  history.replaceState(typed.email && !errors.email && hasSecondStep() ? "gate" : null, "");
  if (hasBoth) {
    code.close();
    complain();
  } else {
    enter();
  }
}

const emailField = () =>
  field({
    id: "email",
    label: words.emailLabel,
    value: typed.email,
    typed: (value) => {
      typed.email = value;
      typed.keep();
    },
    errors,
    type: "email",
    autocomplete: "email",
  });

const lastFourField = () =>
  gateField({
    value: gate,
    wasCut,
    errors,
    typed: (value, cut) => {
      gate = value;
      wasCut = cut;
      draw();
    },
  });

/** @param {boolean} isOpen */
function doubt(isOpen) {
  return html`
    <details .open=${isOpen || act.isBusy || Object.keys(errors).length > 0}>
      <summary>${isChecked() ? words.checkBoth : words.checkEmail}</summary>
      ${errors.form ? html`<p class="error" role="alert">${errors.form()}</p>` : nothing}
      <form novalidate @submit=${onSubmit(() => ask())}>
        ${emailField()} ${isChecked() ? lastFourField() : nothing}
        <button class="second">${act.isBusy ? words.oneMoment : words.sendToThese}</button>
      </form>
    </details>
  `;
}

function emailStep() {
  return html`
    <h1 tabindex="-1">${words.signInTitle}</h1>
    ${summary(errors)}
    ${navigator.cookieEnabled ? nothing : html`<p class="panel">${words.cookiesOff}</p>`} ${signedOut()}
    <p>${isByLink() ? words.linkOnlyLead : words.signInLead}</p>
    <form novalidate @submit=${onSubmit(emailGiven)}>
      ${emailField()}
      <button aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : isByLink() ? words.emailMeALink : words.goOn}</button>
    </form>
  `;
}

function mailed() {
  const again = () => {
    isMailed = false;
    drawAndFocus("#email");
  };
  return html`
    <h1 tabindex="-1">${words.linkMailedTitle}</h1>
    <p>${words.linkMailedText} <strong class="address">${typed.email}</strong></p>
    <p><button type="button" class="link" @click=${again}>${words.otherEmail}</button></p>
  `;
}

const gateTitle = () => (isChecked() ? words.gateTitle : words.choiceTitle);

function gateStep() {
  const askByEmail = () => {
    readFields();
    ask("email");
  };
  const [send, instead] = isChosen() ? [words.textMe, words.emailMe] : [words.sendCode, words.emailInstead];
  const byEmail = html`<button type="button" class="second" @click=${askByEmail}>${instead}</button>`;
  return html`
    <h1 tabindex="-1">${gateTitle()}</h1>
    ${summary(errors)}
    <p>${words.signingInAs} <strong class="address">${typed.email}</strong></p>
    <form novalidate @submit=${onSubmit(() => ask())}>
      ${isChecked() ? lastFourField() : nothing} ${isChosen() ? nothing : html`<p>${canText() ? words.codeByText : words.codeByEmail}</p>`}
      <div class="buttons">
        <button aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : send}</button>
        ${firm().sign_in.channels.length > 1 ? byEmail : nothing}
      </div>
    </form>
    <p><button type="button" class="link" @click=${otherEmail}>${words.otherEmail}</button></p>
  `;
}

const shown = await start({
  audience: "client",
  session: "looked-for",
  title: () => (firm() ? { email: words.signInTitle, gate: gateTitle(), code: code.title() }[step()] : words.signInTitle),
  view: () => (isMailed ? mailed() : { email: emailStep, gate: gateStep, code: code.view }[step()]()),
  help,
});
if (shown && maybeSession()) {
  forget("client");
  goOn("client");
} else if (shown) {
  addEventListener("popstate", enter);
  if (step() === "code") {
    code.open();
  }
}
