/** What the firm decides about signing in, with what each choice does to its clients. */

/** @import { Refusal as Refused, Settings } from "../modules/api.js" */
/** @import { Change } from "../words/changes.js" */
/** @import { PutOut } from "../modules/put-out.js" */

import { acting } from "../modules/act.js";
import { Refusal, call } from "../modules/api.js";
import { choices } from "../modules/choices.js";
import { onSubmit, typedInto } from "../modules/form.js";
import { draw, drawAndFocus, saying, start } from "../modules/page.js";
import { select } from "../modules/select.js";
import { administers, staffMenu } from "../modules/staff-menu.js";
import { putOutBy } from "../modules/put-out.js";
import { stepUp } from "../modules/step-up.js";
import { staffWords, words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** How strict a choice is: a stricter one may concern who is signed in, a looser one lets in with less. @type {Record<string, Record<string, number>>} */
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
const proof = stepUp("staff", () => drawAndFocus("#asking", "h1"));
const saving = acting(proof);
/** @type {{ look: "receipt" | "error", say: () => string } | undefined} */
let news;
/** Whether what is chosen is shown once more before it is saved, with what becomes of who is signed in. */
let isAsking = false;
/** Whom it would put out, as far as that was asked. @type {PutOut | undefined} */
let putOut;
/** Whether what is chosen was chosen earlier. */
let wasBegun = false;
/** As many names as are read in a sentence. */
const MOST_NAMES = 5;

async function read() {
  settings = await call("get", "/api/settings", { audience: "staff" });
}

async function begin() {
  await read();
  wasBegun = changes().length > 0;
}

/** What is another setting than before. @param {Settings} before @param {Partial<Settings>} after @returns {Change[]} */
function changesBetween(before, after) {
  const known = /** @type {Record<string, unknown>} */ (before);
  return Object.entries(after).flatMap(([setting, value]) => (String(known[setting]) === String(value) ? [] : [{ setting, before: known[setting], after: value }]));
}

/** What is chosen by now. */
const chosen = () => ({ ...settings, ...typed.changes });

const changes = () => changesBetween(settings, typed.changes);

/** By how much stricter than before each of the changes is. */
const steps = () =>
  changes().map(({ setting, before, after }) => {
    const rank = STRICTNESS[setting];
    return setting === "session_days" ? Number(before) - Number(after) : rank ? rank[String(after)] - rank[String(before)] : 0;
  });

const isStricter = () => steps().some((step) => step > 0);
const isLooser = () => steps().some((step) => step < 0);

/** Whether a client's mailbox alone lets in, with nothing to be known beside it. @param {Settings} settings */
const mailAloneOpens = ({ access_mode, identity_check, code_channel, texting }) =>
  access_mode !== "link_and_login_2fa" && identity_check === "none" && !(texting && code_channel === "sms_only");

/** @template {keyof Settings} N @param {N} name */
const choose = (name) => (/** @type {Settings[N]} */ value) => {
  typed.changes = { ...typed.changes, [name]: value };
  typed.keep();
  [news, isAsking] = [undefined, false];
  draw();
};

function submit() {
  if (changes().length === 0) {
    news = { look: "receipt", say: () => staffWords.nothingToSave };
    drawAndFocus("h1");
    return;
  }
  const mayPutOut = changes().some(({ setting }) => ["identity_check", "code_channel", "require_mobile"].includes(setting));
  saving(async () => {
    putOut = mayPutOut ? await putOutBy(chosen()) : undefined;
    [news, isAsking] = [undefined, true];
    drawAndFocus("#asking");
  }, notSaved);
}

/** Goes back to the choices as they stand. */
function cancel() {
  isAsking = false;
  drawAndFocus("#save");
}

function startOver() {
  typed.forget();
  [typed.changes, wasBegun, isAsking, news] = [{}, false, false, undefined];
  drawAndFocus("h1");
}

/** @param {Refused} refusal @param {() => string} [say] */
function notSaved(refusal, say = () => saying(refusal)) {
  isAsking = false;
  news = { look: "error", say };
  drawAndFocus("h1");
}

/** That someone else was faster, and with what. @param {Settings} before */
async function readAnew(before) {
  await read();
  const others = changesBetween(before, settings).filter(({ setting }) => setting !== "version");
  return () => staffWords.settingsChanged(staffWords.changesTold(others));
}

/** @param {boolean} end_sessions */
function save(end_sessions) {
  /** @type {(() => string) | undefined} */
  let overtaken;
  saving(
    async () => {
      news = undefined;
      const body = { version: settings.version, end_sessions, ...Object.fromEntries(changes().map(({ setting, after }) => [setting, after])) };
      try {
        settings = await call("patch", "/api/settings", { audience: "staff", body });
      } catch (refusal) {
        overtaken = refusal instanceof Refusal && refusal.name === "settings-changed" ? await readAnew(settings) : undefined;
        throw refusal;
      }
      startOver();
      news = { look: "receipt", say: () => (end_sessions ? staffWords.settingsSavedAndEnded : staffWords.saved) };
      drawAndFocus("h1");
    },
    (refusal) => notSaved(refusal, overtaken),
    () => staffWords.saveChanges,
  );
}

/** What of a question is not saved yet. @param {string} setting */
function note(setting) {
  const change = changes().find((one) => one.setting === setting);
  return change && staffWords.notSavedYet(staffWords.changeTold(change).before);
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
    note: note(name),
    chosen: (number) => choose(name)(Number(number)),
  });
}

/** @template {"access_mode" | "identity_check" | "code_channel"} N @param {N} name @param {boolean} isFixed */
function questionOf(name, isFixed) {
  const { legend, options } = staffWords.questions[name];
  const all = /** @type {[Settings[N], string, string][]} */ (Object.entries(options).map(([value, [label, meaning]]) => [value, label, meaning]));
  return choices({ id: name, legend, options: all, value: chosen()[name], isFixed, note: note(name), chosen: choose(name) });
}

/** Whom it puts out, by number and name. */
function whoIsOut() {
  if (!putOut?.ready) {
    return nothing;
  }
  const { ready, out, isAll } = putOut;
  const names = out.slice(0, MOST_NAMES).map(({ name }) => name);
  const said = staffWords.putsOut({ count: out.length, ready, names, more: out.length - names.length, isAll });
  return html`<p class=${out.length > 0 ? "status bad" : nothing}>${said}</p>`;
}

/** What is about to be saved, and what it does. */
function asking() {
  const texts = staffWords;
  const waiting = (/** @type {string} */ text) => (saving.isBusy ? words.oneMoment : text);
  return html`
    <div class="panel" id="asking" tabindex="-1" role="group" aria-labelledby="asking-title">
      <h2 id="asking-title">${texts.checkTitle}</h2>
      <ul>
        ${changes()
          .map((change) => texts.changeTold(change))
          .map(
            ({ name, before, after, meaning }) => html`
              <li>${name}: ${before} → <strong>${after}</strong> ${meaning ? html`<br /><span class="hint">${meaning}</span>` : nothing}</li>
            `,
          )}
      </ul>
      ${isLooser() ? html`<p>${texts.looser}</p>` : nothing}
      ${mailAloneOpens(chosen()) && !mailAloneOpens(settings) ? html`<p class="status bad">${texts.mailAloneOpens}</p>` : nothing} ${whoIsOut()}
      ${isStricter() ? html`<h3>${texts.endSessionsTitle}</h3><p>${texts.endSessionsText}</p>` : nothing}
      <div class="buttons">
        ${isStricter()
          ? html`<button type="button" aria-disabled=${saving.isBusy} @click=${() => save(true)}>${waiting(texts.saveAndEnd)}</button>
              <button type="button" class="second" aria-disabled=${saving.isBusy} @click=${() => save(false)}>${texts.saveAndLeave}</button>`
          : html`<button type="button" aria-disabled=${saving.isBusy} @click=${() => save(false)}>${waiting(texts.saveThis)}</button>`}
        <button type="button" class="second" @click=${cancel}>${words.cancel}</button>
      </div>
    </div>
  `;
}

/** That something was chosen earlier, and is not saved. */
function begun() {
  return wasBegun && changes().length > 0
    ? html`<p class="panel">${staffWords.begunEarlier} <button type="button" class="link" @click=${startOver}>${staffWords.startOver}</button></p>`
    : nothing;
}

function view() {
  const texts = staffWords;
  const isFixed = !administers();
  const { texting } = settings;
  const toggle = () => choose("require_mobile")(!chosen().require_mobile);
  return html`
    <h1 tabindex="-1">${texts.settings}</h1>
    <p>${texts.settingsText}</p>
    <div role="status">${news ? html`<p class=${news.look}>${news.say()}</p>` : nothing}</div>
    ${isFixed ? html`<p class="panel">${texts.settingsFixed}</p>` : begun()}
    <form novalidate @submit=${onSubmit(submit)}>
      ${questionOf("access_mode", isFixed)} ${questionOf("identity_check", isFixed)}
      ${texting ? questionOf("code_channel", isFixed) : html`<p class="panel">${texts.noTexting}</p>`}
      ${texting && ["sms_then_email", "client_choice"].includes(chosen().code_channel)
        ? html`
            <div class="choice">
              <input id="require_mobile" type="checkbox" .checked=${chosen().require_mobile} .disabled=${isFixed} @change=${toggle} />
              <label for="require_mobile">${texts.requireMobile}</label>
              ${note("require_mobile") ? html`<p class="note">${note("require_mobile")}</p>` : nothing}
            </div>
          `
        : nothing}
      ${numberOf("session_days", [1, 7, 14, 30], isFixed)} ${numberOf("link_days", [1, 3, 7, 14, 30], isFixed)}
      ${numberOf("lockout_after", [3, 4, 5], isFixed)} ${isAsking ? asking() : nothing}
      ${isFixed || isAsking
        ? nothing
        : html`<button id="save" aria-disabled=${saving.isBusy}>${saving.isBusy ? words.oneMoment : texts.saveChanges}</button>`}
    </form>
  `;
}

const shown = () => (proof.isAsked ? proof.screen() : view());

await start({ audience: "staff", session: "needed", before: begin, title: () => staffWords.settings, view: shown, menu: staffMenu });
