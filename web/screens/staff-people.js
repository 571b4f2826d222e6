/** Who works at the firm, what each may do, and whether each can sign in. Who administers invites colleagues, changes, unlocks and removes them. */

/** @import { Colleague, Refusal, Role } from "../modules/api.js" */
/** @import { Errors } from "../modules/form.js" */
/** @import { TemplateResult } from "../vendor/lit-html/lit-html.js" */

import { acting } from "../modules/act.js";
import { call } from "../modules/api.js";
import { emailError } from "../modules/email.js";
import { field, onSubmit, showErrors, summary, typedInto } from "../modules/form.js";
import { drawAndFocus, saying, session, start } from "../modules/page.js";
import { resetFactor } from "../modules/reset-factor.js";
import { each } from "../modules/rows.js";
import { select } from "../modules/select.js";
import { administers, staffMenu } from "../modules/staff-menu.js";
import { stepUp } from "../modules/step-up.js";
import { dayAndTime, moment, staffWords, words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

/** @type {Role[]} */
const ROLES = ["owner", "admin", "staff", "viewer"];

/** What can be changed of someone. */
const PARTS = /** @type {const} */ (["name", "email", "role"]);

/** What is open, about whom, and what stands in it. */
const BLANK = {
  step: /** @type {"" | "invite" | "change" | "remove"} */ (""),
  staff: "",
  name: "",
  email: "",
  role: /** @type {Role} */ ("staff"),
  successor: "",
  /** As it was when this was opened. @type {Record<string, string>} */
  before: {},
};
const typed = typedInto("people", { ...BLANK });
/** That they show first that it is they. */
const proof = stepUp("staff", cancel);
const act = acting(proof);

/** @type {Colleague[]} */
let people = [];
/** @type {Errors} */
let errors = {};
/** What became of what was done. @type {{ look: "receipt" | "error", say: () => string } | undefined} */
let news;

async function load() {
  /** @type {Colleague[]} */
  const all = [];
  /** @type {string | undefined} */
  let cursor;
  do {
    const page = await call("get", "/api/staff", { audience: "staff", query: { cursor, limit: 100 } });
    all.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor);
  people = all;
}

const own = () => session().staff?.staff;

/** Who may be given a role, or is of one, is for admins to decide, but for owners. @param {Role} role */
const decidesOn = (role) => administers() && (role !== "owner" || session().role === "owner");

/** @param {typeof BLANK.step} step @param {Colleague} [member] */
function open(step, member) {
  const others = people.filter(({ staff }) => staff !== member?.staff);
  const successor = (others.find(({ staff }) => staff === own()) ?? others[0])?.staff ?? "";
  const { staff, name, email, role } = member ?? BLANK;
  Object.assign(typed, { step, staff, name, email, role, successor, before: { name, email, role } });
  typed.keep();
  [errors, news] = [{}, undefined];
  drawAndFocus("#asked");
}

function close() {
  Object.assign(typed, BLANK);
  typed.forget();
  proof.close();
  errors = {};
}

function cancel() {
  close();
  drawAndFocus("h1");
}

/**
 * Does what is asked, reads the list anew and says what became of it.
 *
 * @param {() => Promise<() => string>} does
 * @param {() => string} called what it is, in words
 */
function change(does, called) {
  act(
    async () => {
      errors = {};
      const done = await does();
      close();
      await load();
      news = { look: "receipt", say: done };
      drawAndFocus("h1");
    },
    refused,
    called,
  );
}

/** @param {Refusal} refusal */
function refused(refusal) {
  const { fields, name } = refusal;
  errors = {
    ...(fields.name ? { name: () => staffWords.nameWrong } : {}),
    ...(fields.email ? { email: emailError(typed.email) } : {}),
    ...(name === "email-taken" ? { email: () => staffWords.colleagueHasEmail } : {}),
  };
  if (Object.keys(errors).length === 0) {
    errors = { form: () => (name === "last-owner" ? staffWords.lastOwner : saying(refusal)) };
  }
  showErrors();
}

/** Whether name and email can be sent as they stand. */
function isComplete() {
  errors = {
    ...(typed.name.trim() ? {} : { name: () => staffWords.nameEmpty }),
    ...(typed.email.includes("@") ? {} : { email: typed.email.trim() ? emailError(typed.email) : () => staffWords.emailNeeded }),
  };
  if (Object.keys(errors).length > 0) {
    showErrors();
    return false;
  }
  return true;
}

function invite() {
  if (!isComplete()) {
    return;
  }
  const { name, email, role } = typed;
  change(async () => {
    const invited = await call("post", "/api/staff", { audience: "staff", body: { name, email, role } });
    return () => staffWords.invited(invited.email);
  }, () => staffWords.inviteColleague);
}

function save() {
  if (!isComplete()) {
    return;
  }
  const { staff, before } = typed;
  // Only what is another than when the form was opened: what a colleague changed since stays.
  const body = Object.fromEntries(PARTS.map((part) => [part, typed[part].trim()]).filter(([part, value]) => value !== before[part]));
  change(async () => {
    await call("patch", "/api/staff/{staff}", { audience: "staff", params: { staff }, body });
    return () => staffWords.saved;
  }, () => staffWords.changeTitle(nameOf(staff)));
}

function remove() {
  const { staff, successor } = typed;
  const [name, other] = [nameOf(staff), nameOf(successor)];
  change(async () => {
    await call("delete", "/api/staff/{staff}", { audience: "staff", params: { staff }, query: { successor } });
    return () => staffWords.removed(name, other);
  }, () => staffWords.removePerson(name));
}

/** Lets a colleague sign in again whom wrong codes shut out. @param {Colleague} member */
function unlock({ staff, name }) {
  act(
    async () => {
      await call("delete", "/api/staff/{staff}/lock", { audience: "staff", params: { staff } });
      await load();
      news = { look: "receipt", say: () => staffWords.unlockedColleague(name) };
      drawAndFocus("h1");
    },
    (refusal) => (news = { look: "error", say: () => saying(refusal) }),
  );
}

/** Taking a colleague's second factor away, by whom that is open. @type {Map<string, () => TemplateResult>} */
const resets = new Map();

/** @param {string} staff */
function resetOf(staff) {
  const does = async (/** @type {string} */ reason) => {
    await call("delete", "/api/staff/{staff}/second-factor", { audience: "staff", params: { staff }, body: { reason } });
    close();
    news = { look: "receipt", say: () => staffWords.factorWasReset };
    drawAndFocus("h1");
  };
  const known = resets.get(staff) ?? resetFactor(staff, does, proof);
  resets.set(staff, known);
  return known();
}

/** @param {string} id */
const nameOf = (id) => people.find(({ staff }) => staff === id)?.name ?? "";

/** @param {"name" | "email" | "role" | "successor"} name */
const keeps = (name) => (/** @type {string} */ value) => {
  Object.assign(typed, { [name]: value });
  typed.keep();
};

/** @param {string} text */
const buttons = (text) => html`
  <div class="buttons">
    <button aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : text}</button>
    <button type="button" class="second" @click=${cancel}>${words.cancel}</button>
  </div>
`;

/** @param {string} title @param {string} text @param {string} button @param {() => void} sent */
function form(title, text, button, sent) {
  const texts = staffWords;
  return html`
    <section class="panel" aria-labelledby="asked">
      <h2 id="asked" tabindex="-1">${title}</h2>
      ${summary(errors)}
      <form novalidate @submit=${onSubmit(sent)}>
        ${field({ id: "name", label: texts.name, value: typed.name, typed: keeps("name"), errors })}
        ${field({ id: "email", label: texts.email, value: typed.email, typed: keeps("email"), errors, type: "email" })}
        ${select({
          id: "role",
          label: texts.role,
          options: ROLES.filter(decidesOn).map((role) => [role, texts.roles[role]]),
          value: typed.role,
          chosen: keeps("role"),
        })}
        <p>${text}</p>
        ${buttons(button)}
      </form>
      ${typed.step === "change" && typed.staff !== own() ? resetOf(typed.staff) : nothing}
    </section>
  `;
}

function removal() {
  const texts = staffWords;
  return html`
    <section class="panel" aria-labelledby="asked">
      <h2 id="asked" tabindex="-1">${texts.removeTitle(typed.name)}</h2>
      ${summary(errors)}
      <form novalidate @submit=${onSubmit(remove)}>
        <p>${texts.removeText}</p>
        ${select({
          id: "successor",
          label: texts.successor,
          options: people.filter(({ staff }) => staff !== typed.staff).map(({ staff, name }) => [staff, name]),
          value: typed.successor,
          chosen: keeps("successor"),
        })}
        ${buttons(texts.removePerson(typed.name))}
      </form>
    </section>
  `;
}

/** What is open now. */
function asked() {
  const texts = staffWords;
  if (proof.isAsked) {
    return html`
      <section class="panel" aria-labelledby="asked">
        ${proof.view(html`<h2 id="asked" tabindex="-1">${words.factorProveTitle}</h2>`)}
      </section>
    `;
  }
  switch (typed.step) {
    case "invite":
      return form(texts.inviteColleague, texts.inviteText, texts.sendInvitation, invite);
    case "change":
      return form(texts.changeTitle(nameOf(typed.staff)), texts.changeEnds, texts.saveChanges, save);
    case "remove":
      return removal();
    default:
      return nothing;
  }
}

/** What keeps someone from signing in, if anything does. @param {Colleague} member */
function shutOut({ code_path: path, locked_until: until }) {
  const texts = staffWords;
  return path === "closed" ? texts.codePathClosed : until ? texts.lockedUntil(moment(until)) : "";
}

/** @param {Colleague} member */
function row(member) {
  const texts = staffWords;
  const { staff, name, email, role, second_factor: factor, invited_at: invited, last_access_at: accessed } = member;
  const state = accessed ? texts.lastAccess(dayAndTime(accessed)) : invited ? texts.invitedOn(dayAndTime(invited)) : texts.neverAccessed;
  const isOut = shutOut(member);
  /** Whom it is about, for who does not see the row. */
  const whom = html`<span class="unseen"> ${name}</span>`;
  return html`
    <li>
      <div class="what">
        <p><strong translate="no">${name}</strong>${staff === own() ? html` <span>${texts.you}</span>` : nothing}</p>
        <p class="hint" translate="no">${email}</p>
      </div>
      <div class="state">
        ${isOut ? html`<p class="status bad">${isOut}</p>` : nothing}
        <p>${texts.roles[role]}</p>
        <p class="hint">${state}</p>
        <p class="hint">${texts.factorOfContact}: ${texts.factorStates[factor]}</p>
      </div>
      <div class="acts">
        ${decidesOn(role) && !typed.step
          ? html`${isOut
                ? html`<button type="button" class="link" aria-disabled=${act.isBusy} @click=${() => unlock(member)}>${texts.unlock}${whom}</button>`
                : nothing}
              <button type="button" class="link" @click=${() => open("change", member)}>${texts.change}${whom}</button>
              ${people.length > 1
                ? html`<button type="button" class="link" @click=${() => open("remove", member)}>${texts.remove}${whom}</button>`
                : nothing}`
          : nothing}
      </div>
    </li>
  `;
}

function view() {
  const texts = staffWords;
  return html`
    <h1 tabindex="-1">${texts.peopleTitle}</h1>
    <div role="status">${news ? html`<p class=${news.look}>${news.say()}</p>` : nothing}</div>
    ${typed.step
      ? asked()
      : administers()
        ? html`<div class="buttons"><button type="button" @click=${() => open("invite")}>${texts.inviteColleague}</button></div>`
        : html`<p>${texts.peopleReadOnly}</p>`}
    <ul class="rows people">
      ${each(people.map((member) => ({ ...member, id: member.staff })), row)}
    </ul>
    <section aria-labelledby="roles">
      <h2 id="roles">${texts.rolesTitle}</h2>
      <dl class="facts long">
        ${ROLES.map(
          (role) => html`<dt>${texts.roles[role]}</dt>
            <dd>${texts.roleTexts[role]}</dd>`,
        )}
      </dl>
    </section>
  `;
}

await start({ audience: "staff", session: "needed", before: load, title: () => staffWords.peopleTitle, view, menu: staffMenu });
