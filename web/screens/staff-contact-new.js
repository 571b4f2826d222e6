/** A new contact. */

/** @import { NewGate } from "../modules/api.js" */

import { call } from "../modules/api.js";
import { BLANK, blankGate, contactForm } from "../modules/contact-form.js";
import { typedInto } from "../modules/form.js";
import { draw, start } from "../modules/page.js";
import { at } from "../modules/place.js";
import { goTo } from "../modules/session.js";
import { staffMenu, works } from "../modules/staff-menu.js";
import { staffWords } from "../modules/words.js";
import { html } from "../modules/html.js";

const typed = typedInto("contact-new", { ...BLANK, gates: [...BLANK.gates], isBegun: false });

const form = contactForm({
  typed,
  label: () => staffWords.saveContact,
  save: async (gates) => {
    const { name, email, mobile, shared: share_mobile, language, overrides } = typed;
    const given = /** @type {NewGate[]} */ (gates.filter(Boolean));
    const known = { name, email: email.trim() || null, mobile: mobile.trim() || null };
    const body = { ...known, share_mobile, language: language || null, gates: given, overrides };
    const { contact } = await call("post", "/api/contacts", { audience: "staff", body });
    typed.forget();
    await goTo(`staff/contacts/${contact}`);
  },
  startOver: () => (wasBegun ? startOver : undefined),
  cancel: () => {
    typed.forget();
    location.assign(at("staff/contacts"));
  },
});

/** Whether what stands in the form was typed earlier. */
let wasBegun = typed.isBegun;

function startOver() {
  typed.forget();
  Object.assign(typed, BLANK, { gates: blankGate(true), isBegun: true });
  wasBegun = false;
}

function view() {
  const texts = staffWords;
  return html`
    <h1>${texts.addContact}</h1>
    ${works() ? html`<p>${texts.newContactText}</p>${form.view()}` : html`<p>${texts.looksAlone}</p>`}
  `;
}

const shown = await start({ audience: "staff", session: "needed", title: () => staffWords.addContact, view, menu: staffMenu });
if (shown && !wasBegun) {
  startOver();
  draw();
}
