/**
 * Asking the firm for help, at the end of each page that may be a dead end. Nothing is needed for it but an email address, and where it is known who
 * tries to get in, not even that.
 *
 * @import { Refusal } from "./api.js"
 * @import { Errors } from "./form.js"
 */

import { acting } from "./act.js";
import { call } from "./api.js";
import { emailError } from "./email.js";
import { field, onSubmit, typedInto } from "./form.js";
import { draw, drawAndFocus, firm, saying } from "./page.js";
import { firmId } from "./place.js";
import { words } from "./words.js";
import { html, nothing } from "./html.js";

/**
 * @param {() => { challenge: string } | { token: string } | undefined} who tries to get in, as far as the server knows them
 * @param {() => string} typed the email that they typed so far
 */
export function askHelp(who, typed) {
  /** @type {"closed" | "open" | "sent"} */
  let state = "closed";
  const typedHere = typedInto("help", { email: "", message: "" });
  /** @type {Errors} */
  let errors = {};
  const act = acting();

  function open() {
    state = "open";
    typedHere.email ||= typed();
    drawAndFocus("#help-email", "#help-message");
  }

  function send() {
    const known = who();
    const { email, message } = typedHere;
    errors = known || email.includes("@") ? {} : { "help-email": email.trim() ? emailError(email) : () => words.emailEmpty };
    if (errors["help-email"]) {
      drawAndFocus("#help-email");
      return;
    }
    act(async () => {
      await call("post", "/api/firms/{firm}/help", { params: { firm: firmId }, body: { ...(known ?? { email }), message } });
      state = "sent";
      typedHere.message = "";
      typedHere.forget();
      drawAndFocus("#help");
    }, refused);
  }

  /** @param {Refusal} refusal */
  function refused(refusal) {
    const { fields } = refusal;
    errors = {
      "help-email": fields.email ? emailError(typedHere.email) : undefined,
      "help-message": fields.message ? () => words.helpTooLong : undefined,
      form: fields.email || fields.message ? undefined : () => saying(refusal),
    };
    draw();
  }

  /** @param {"email" | "message"} name */
  const keeps = (name) => (/** @type {string} */ value) => {
    typedHere[name] = value;
    typedHere.keep();
  };

  return function view() {
    if (state === "closed") {
      return html`<p><button type="button" class="link" @click=${open}>${words.askForHelp}</button></p>`;
    }
    if (state === "sent") {
      return html`<p id="help" class="receipt" tabindex="-1" role="status">${words.helpSent(firm().name)}</p>`;
    }
    return html`
      <form id="help" novalidate aria-label=${words.askForHelp} @submit=${onSubmit(send)}>
        ${errors.form ? html`<p class="error" role="alert">${errors.form()}</p>` : nothing}
        ${who()
          ? nothing
          : field({
              id: "help-email",
              label: words.emailLabel,
              value: typedHere.email,
              typed: keeps("email"),
              errors,
              type: "email",
              autocomplete: "email",
            })}
        ${field({ id: "help-message", label: words.helpMessage, value: typedHere.message, typed: keeps("message"), errors, isLong: true })}
        <button class="second" aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : words.sendHelp(firm().name)}</button>
      </form>
    `;
  };
}
