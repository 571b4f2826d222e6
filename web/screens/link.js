/**
 * Where links in mails lead: it says whose link it is, and waits for a person. Nothing happens before one acts, and a press
 * alone lets nobody in.
 *
 * @import { LinkView } from "../modules/api.js"
 * @import { Errors } from "../modules/form.js"
 */

import { dropToken, isNew, token } from "../modules/link-token.js";
import { acting } from "../modules/act.js";
import { askHelp } from "../modules/ask-help.js";
import { Refusal, call } from "../modules/api.js";
import { askedFor, begun, forget, pending, remember } from "../modules/challenge.js";
import { codeStep, keepChoice } from "../modules/code-step.js";
import { NO_DIGITS, gateError, gateField } from "../modules/digits.js";
import { onSubmit, showErrors, summary } from "../modules/form.js";
import { letIn } from "../modules/let-in.js";
import { draw, drawAndFocus, firm, maybeSession, saying, start } from "../modules/page.js";
import { at, firmId } from "../modules/place.js";
import { goOn } from "../modules/session.js";
import { gateIn } from "../modules/typed.js";
import { words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** Whose link it is, once that is known. @type {LinkView | undefined} */
let link;
/** @typedef {"landing" | "gate" | "code" | "not-me" | "gone" | "fresh"} Step */
/** A link that was just opened is a new beginning, whatever was asked for before. @type {Step} */
let step = !isNew && pending("client")?.from === "link" ? "code" : token ? "landing" : "gone";
let gate = "";
let wasCut = false;
let keep = false;
const act = acting();
/** @type {Errors} */
let errors = {};

/** Of a link that is gone the server may know nothing, and who said that it is not theirs is someone else. */
const help = askHelp(
  () => (token && link && step !== "gone" && step !== "not-me" ? { token } : askedFor()),
  () => "",
);
const code = codeStep({ audience: "client", askAgain, doubt: notMeButton });

/** @param {Step} next */
function enter(next) {
  step = next;
  errors = {};
  if (next === "gone") {
    forget("client");
  }
  if (next === "code") {
    code.open();
    return;
  }
  code.close();
  drawAndFocus(next === "gate" ? "#digits" : "h1");
}

/** Does what a person asked for, and says what stood in the way. @param {() => Promise<void>} does */
function once(does) {
  act(() => {
    errors = {};
    return does();
  }, refused);
}

/** @param {unknown} refusal */
const isGone = (refusal) => refusal instanceof Refusal && refusal.name === "link-gone";

/** @param {Refusal} refusal */
function refused(refusal) {
  if (isGone(refusal)) {
    enter("gone");
    return;
  }
  if (refusal.name === "gate-rejected") {
    errors = { digits: () => words.gateRejected };
  } else if (refusal.fields.gate) {
    const given = gateIn(gate);
    errors = { digits: gateError("wrong" in given ? given.wrong : "length") };
  } else {
    errors = { form: () => saying(refusal) };
  }
  showErrors();
}

function goFurther() {
  if (link?.gate) {
    enter("gate");
  } else {
    sendCode();
  }
}

function sendCode() {
  once(() => redeem({}));
}

/** The code is no longer good; as long as the link is, one press brings another. */
async function askAgain() {
  try {
    await redeem({});
  } catch (refusal) {
    if (!isGone(refusal)) {
      throw refusal;
    }
    enter("gone");
  }
}

function tryGate() {
  const given = gateIn(gate);
  if ("wrong" in given && given.wrong !== "text") {
    errors = { digits: gateError(given.wrong) };
    showErrors();
    return;
  }
  once(() => redeem({ gate: "digits" in given ? given.digits : NO_DIGITS, keep }));
}

/** @param {{ gate?: string, keep?: boolean }} proof */
async function redeem(proof) {
  const opened = await call("post", "/api/links/redemption", { body: { token: token ?? "", ...proof } });
  if (opened.next !== "code") {
    await letIn("client");
    dropToken();
    await goOn("client", opened.next);
    return;
  }
  const sentTo = opened.sent_to;
  remember("client", begun(opened, { from: "link", sentTo, byEmail: sentTo.includes("@") }));
  enter("code");
}

function sendFreshLink() {
  once(async () => {
    await call("post", "/api/firms/{firm}/links", { params: { firm: firmId }, body: { token } });
    dropToken();
    enter("fresh");
  });
}

function disown() {
  // What is on its way would let them in after all.
  if (act.isBusy) {
    return;
  }
  forget("client");
  dropToken();
  enter("not-me");
}

/** @param {string} text */
const waiting = (text) => (act.isBusy ? words.oneMoment : text);

function notMeButton() {
  return html`<p><button type="button" class="link" aria-disabled=${act.isBusy} @click=${disown}>${words.notMe}</button></p>`;
}

function landing() {
  const account = link?.account ?? "";
  const other = maybeSession()?.contact?.email;
  return html`
    <h1 tabindex="-1">${words.linkTitle}</h1>
    ${summary(errors)}
    <p>${words.linkLead(firm().name)} ${link?.gate ? nothing : words.codeFollows}</p>
    ${navigator.cookieEnabled ? nothing : html`<p class="panel">${words.cookiesOff}</p>`}
    ${other ? html`<p class="panel">${words.signedInAsOther(other)}</p>` : nothing}
    <div class="buttons">
      <button type="button" aria-disabled=${act.isBusy} @click=${goFurther}>${waiting(words.continueAs(account))}</button>
      ${other ? html`<a class="button second" href=${at("")}>${words.stayAs(other)}</a>` : nothing}
    </div>
    ${notMeButton()}
  `;
}

function gateStep() {
  return html`
    <h1 tabindex="-1">${words.linkGateTitle}</h1>
    ${summary(errors)}
    <p>${words.signingInAs} <strong class="address">${link?.account}</strong></p>
    <form novalidate @submit=${onSubmit(tryGate)}>
      ${gateField({
        value: gate,
        wasCut,
        errors,
        typed: (value, cut) => {
          gate = value;
          wasCut = cut;
          draw();
        },
      })}
      ${keepChoice(keep, (value) => (keep = value))}
      <div class="buttons">
        <button aria-disabled=${act.isBusy}>${waiting(words.openPortal)}</button>
        <button type="button" class="second" @click=${sendCode}>${words.codeInstead}</button>
      </div>
    </form>
    ${notMeButton()}
  `;
}

function notMe() {
  return html`
    <h1 tabindex="-1">${words.notMeTitle}</h1>
    <p>${link ? words.notMeText(link.account) : nothing}</p>
    <p><a class="button" href=${at("sign-in")}>${words.signInAsMyself}</a></p>
  `;
}

function gone() {
  return html`
    <h1 tabindex="-1">${words.goneTitle}</h1>
    ${summary(errors)}
    <p>${token ? words.goneText : words.goneUntold}</p>
    <div class="buttons">
      ${token
        ? html`<button type="button" aria-disabled=${act.isBusy} @click=${sendFreshLink}>${waiting(words.freshLink)}</button>`
        : nothing}
      <a class=${token ? "button second" : "button"} href=${at("sign-in")}>${words.signInWithEmail}</a>
    </div>
  `;
}

function fresh() {
  return html`
    <h1 tabindex="-1">${words.freshLinkTitle}</h1>
    <p>${words.freshLinkText}</p>
  `;
}

const VIEWS = { landing, gate: gateStep, code: code.view, "not-me": notMe, gone, fresh };
const titles = () => ({
  landing: words.linkTitle,
  gate: words.linkGateTitle,
  code: code.title(),
  "not-me": words.notMeTitle,
  gone: words.goneTitle,
  fresh: words.freshLinkTitle,
});

/** Finds out whose link it is; that changes nothing. */
async function preview() {
  if (!token) {
    return;
  }
  try {
    link = await call("post", "/api/links/preview", { body: { token } });
    if (link.firm !== firmId || link.audience !== "client") {
      step = "gone";
    }
  } catch (refusal) {
    if (!isGone(refusal)) {
      throw refusal;
    }
    step = "gone";
  }
}

const shown = await start({
  audience: "client",
  session: "looked-for",
  title: () => titles()[step],
  view: () => VIEWS[step](),
  help,
  before: preview,
});
if (shown && link && maybeSession()?.contact?.contact === link.contact) {
  forget("client");
  dropToken();
  goOn("client");
} else if (shown && step === "code") {
  code.open();
}
