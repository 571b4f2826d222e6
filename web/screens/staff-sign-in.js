/** The door for staff: email, then the code. */

import { acting } from "../modules/act.js";
import { call } from "../modules/api.js";
import { begun, forget, pending, remember } from "../modules/challenge.js";
import { codeStep } from "../modules/code-step.js";
import { emailError } from "../modules/email.js";
import { field, onSubmit, showErrors, summary, typedInto } from "../modules/form.js";
import { drawAndFocus, maybeSession, saying, signedOut, start } from "../modules/page.js";
import { at, firmId } from "../modules/place.js";
import { goOn } from "../modules/session.js";
import { words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** @import { Errors } from "../modules/form.js" */

const typed = typedInto("staff-sign-in", { email: "" });
const act = acting();
/** @type {Errors} */
let errors = {};

const code = codeStep({ audience: "staff", askAgain, doubt });

async function ask() {
  if (!typed.email.includes("@")) {
    errors = { email: typed.email.trim() ? emailError(typed.email) : () => words.emailEmpty };
    showErrors();
    return;
  }
  await act(
    async () => {
      errors = {};
      const given = await call("post", "/api/firms/{firm}/staff/challenges", { params: { firm: firmId }, body: { email: typed.email } });
      remember("staff", begun(given, { from: "form" }));
      code.open();
    },
    (refusal) => {
      errors = refusal.fields.email ? { email: emailError(typed.email) } : { form: () => saying(refusal) };
      showErrors();
    },
  );
}

/** The code is no longer good; one press brings another, to the same email. */
async function askAgain() {
  startOver();
  if (typed.email) {
    await ask();
  }
}

function startOver() {
  forget("staff");
  code.close();
  drawAndFocus("#email");
}

function doubt() {
  return html`<p><button type="button" class="link" @click=${startOver}>${words.otherEmail}</button></p>`;
}

function emailStep() {
  return html`
    <h1 tabindex="-1">${words.staffSignInTitle}</h1>
    ${summary(errors)}
    ${navigator.cookieEnabled ? nothing : html`<p class="panel">${words.cookiesOff}</p>`} ${signedOut()}
    <p>${words.staffSignInLead}</p>
    <form novalidate @submit=${onSubmit(ask)}>
      ${field({
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
      })}
      <button aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : words.sendCode}</button>
    </form>
    <p><a class="link" href=${at("sign-in")}>${words.clientsHere}</a></p>
  `;
}

const shown = await start({
  audience: "staff",
  session: "looked-for",
  title: () => (pending("staff") ? code.title() : words.staffSignInTitle),
  view: () => (pending("staff") ? code.view() : emailStep()),
});
if (shown && maybeSession()) {
  forget("staff");
  goOn("staff");
} else if (shown && pending("staff")) {
  code.open();
}
