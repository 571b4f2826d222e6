/** What the firm decides about signing in, with what each choice does to its clients. */

/** @import { Settings } from "../modules/api.js" */

import { acting } from "../modules/act.js";
import { Refusal, call } from "../modules/api.js";
import { choices } from "../modules/choices.js";
import { onSubmit, typedInto } from "../modules/form.js";
import { draw, drawAndFocus, saying, session, start } from "../modules/page.js";
import { select } from "../modules/select.js";
import { staffMenu } from "../modules/staff-menu.js";
import { stepUp } from "../modules/step-up.js";
import { staffWords, words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** How strict a choice is, where another than before concerns who is signed in. @type {Record<string, Record<string, number>>} */
const STRICTNESS = {
  access_mode: { link_and_login: 0, link_only: 1, link_and_login_2fa: 2 },
  identity_check: { none: 0, either: 1, ssn_last4: 2, pin: 2 },
  code_channel: { client_choice: 0, sms_then_email: 0, email_only: 0, sms_only: 1 },
};

/** As it stands. @type {Settings} */
let settings;
/** What was chosen and is not saved yet. */
const typed = typedInto("settings", { changes: /** @type {Partial<Settings>} */ ({}) });
/** That they show first that it is they. */
const proof = stepUp("staff");
const saving = acting(proof);
/** @type {{ look: "receipt" | "error", say: () => string } | undefined} */
let news;
/** Whether it is asked what becomes of who is signed in. */
let isAsking = false;

async function read() {
  settings = await call("get", "/api/settings", { audience: "staff" });
}

/** What is chosen by now. */
const chosen = () => ({ ...settings, ...typed.changes });

/** @returns {Partial<Settings>} */
const changes = () =>
  Object.fromEntries(Object.entries(typed.changes).filter(([name, value]) => settings[/** @type {keyof Settings} */ (name)] !== value));

/** Whether something is stricter than before, so that who is signed in may be asked to come in anew. */
function isStricter() {
  const after = /** @type {Record<string, string | number>} */ (changes());
  const before = /** @type {Record<string, unknown>} */ (settings);
  const isSo = Object.entries(STRICTNESS).some(([name, rank]) => name in after && rank[after[name]] > rank[/** @type {string} */ (before[name])]);
  return isSo || Number(after.session_days) < settings.session_days;
}

/** @template {keyof Settings} N @param {N} name */
const choose = (name) => (/** @type {Settings[N]} */ value) => {
  typed.changes = { ...typed.changes, [name]: value };
  typed.keep();
  [news, isAsking] = [undefined, false];
  draw();
};

function submit() {
  if (Object.keys(changes()).length === 0) {
    news = { look: "receipt", say: () => staffWords.nothingToSave };
    drawAndFocus("h1");
  } else if (isStricter()) {
    isAsking = true;
    drawAndFocus("#asking");
  } else {
    save(false);
  }
}

/** @param {boolean} end_sessions */
function save(end_sessions) {
  saving(
    async () => {
      news = undefined;
      const body = { version: settings.version, end_sessions, ...changes() };
      try {
        settings = await call("patch", "/api/settings", { audience: "staff", body });
      } catch (refusal) {
        if (refusal instanceof Refusal && refusal.name === "settings-changed") {
          await read();
        }
        throw refusal;
      }
      typed.forget();
      typed.changes = {};
      isAsking = false;
      news = { look: "receipt", say: () => (end_sessions ? staffWords.settingsSavedAndEnded : staffWords.saved) };
      drawAndFocus("h1");
    },
    (refusal) => {
      isAsking = false;
      news = { look: "error", say: () => (refusal.name === "settings-changed" ? staffWords.settingsChanged : saying(refusal)) };
      drawAndFocus("h1");
    },
  );
}

/** @param {"session_days" | "link_days" | "lockout_after"} name @param {number[]} numbers @param {boolean} isFixed */
function numberOf(name, numbers, isFixed) {
  const value = chosen()[name];
  const offered = [...new Set([...numbers, value])].sort((one, other) => one - other);
  const { label, option } = staffWords.numbers[name];
  if (isFixed) {
    return html`
      <div class="field">
        <strong>${label}</strong>
        <p class="hint">${option(value)}</p>
      </div>
    `;
  }
  return select({
    id: name,
    label,
    options: offered.map((number) => [String(number), option(number)]),
    value: String(value),
    chosen: (number) => choose(name)(Number(number)),
  });
}

/** @template {"access_mode" | "identity_check" | "code_channel"} N @param {N} name @param {boolean} isFixed */
function questionOf(name, isFixed) {
  const { legend, options } = staffWords.questions[name];
  const all = /** @type {[Settings[N], string, string][]} */ (Object.entries(options).map(([value, [label, meaning]]) => [value, label, meaning]));
  return choices({ id: name, legend, options: all, value: chosen()[name], isFixed, chosen: choose(name) });
}

function asking() {
  const texts = staffWords;
  return html`
    <div class="panel" id="asking" tabindex="-1" role="group" aria-labelledby="asking-title">
      <h2 id="asking-title">${texts.endSessionsTitle}</h2>
      <p>${texts.endSessionsText}</p>
      <div class="buttons">
        <button type="button" aria-disabled=${saving.isBusy} @click=${() => save(true)}>${saving.isBusy ? words.oneMoment : texts.saveAndEnd}</button>
        <button type="button" class="second" aria-disabled=${saving.isBusy} @click=${() => save(false)}>${texts.saveAndLeave}</button>
      </div>
    </div>
  `;
}

function view() {
  const texts = staffWords;
  const isFixed = !["owner", "admin"].includes(session().role ?? "");
  const { texting } = settings;
  const toggle = () => choose("require_mobile")(!chosen().require_mobile);
  return html`
    <h1 tabindex="-1">${texts.settings}</h1>
    <p>${texts.settingsText}</p>
    <div role="status">${news ? html`<p class=${news.look}>${news.say()}</p>` : nothing}</div>
    ${isFixed ? html`<p class="panel">${texts.settingsFixed}</p>` : nothing}
    <form novalidate @submit=${onSubmit(submit)}>
      ${questionOf("access_mode", isFixed)} ${questionOf("identity_check", isFixed)}
      ${texting ? questionOf("code_channel", isFixed) : html`<p class="panel">${texts.noTexting}</p>`}
      ${texting && ["sms_then_email", "client_choice"].includes(chosen().code_channel)
        ? html`
            <div class="choice">
              <input id="require_mobile" type="checkbox" .checked=${chosen().require_mobile} .disabled=${isFixed} @change=${toggle} />
              <label for="require_mobile">${texts.requireMobile}</label>
            </div>
          `
        : nothing}
      ${numberOf("session_days", [1, 7, 14, 30], isFixed)} ${numberOf("link_days", [1, 3, 7, 14, 30], isFixed)}
      ${numberOf("lockout_after", [3, 4, 5], isFixed)} ${isAsking ? asking() : nothing}
      ${isFixed || isAsking
        ? nothing
        : html`<button aria-disabled=${saving.isBusy}>${saving.isBusy ? words.oneMoment : texts.saveChanges}</button>`}
    </form>
  `;
}

await start({ audience: "staff", session: "needed", before: read, title: () => staffWords.settings, view: () => (proof.isAsked ? proof.screen() : view()), menu: staffMenu });
