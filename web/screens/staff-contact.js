/** A contact: whether they can get in and why not, the invitation, changes, their documents and their access records. */

/** @import { Contact, Diagnosis, GateChange } from "../modules/api.js" */

import { acting } from "../modules/act.js";
import { inAddress } from "../modules/address-query.js";
import { Refusal, call, refusalOf } from "../modules/api.js";
import { BLANK, atPlaces, blankGate, contactForm, typedOf } from "../modules/contact-form.js";
import { diagnosed } from "../modules/diagnosed.js";
import { typedInto } from "../modules/form.js";
import { draw, drawAndFocus, firm, saying, start } from "../modules/page.js";
import { shownPhone } from "../modules/phone.js";
import { at, segments } from "../modules/place.js";
import { readiness } from "../modules/readiness.js";
import { recordList } from "../modules/record-list.js";
import { resetFactor } from "../modules/reset-factor.js";
import { staffMenu, works } from "../modules/staff-menu.js";
import { stepUp } from "../modules/step-up.js";
import { dayAndTime, inLocalTime, moment, staffWords, words } from "../modules/words.js";
import { html, nothing } from "../modules/html.js";

const DAY_MS = 86_400_000;
const params = { contact: segments[3] };

/** @type {Contact} */
let contact;
/** Why they cannot get in, and what to do about it. @type {Diagnosis} */
let diagnosis;
/** That they show first that it is they. */
const proof = stepUp("staff", () => drawAndFocus("h1"));
const [inviting, helpingIn] = [acting(), acting()];
/** What became of the invitation. @type {{ look: "receipt" | "error" | "panel", say: () => string } | undefined} */
let news;

/** Whether they were invited a moment ago, and another invitation has to be meant. */
let wasInvited = false;

/** What is in the form, and the contact that it was begun from. */
const typed = typedInto(`contact:${params.contact}`, { ...BLANK, before: /** @type {Contact | undefined} */ (undefined) });

const form = contactForm({
  typed,
  proof,
  label: () => staffWords.saveChanges,
  sortedAs: () => contact.sort_name,
  ends,
  save: async (gates) => {
    try {
      await call("patch", "/api/contacts/{contact}", { audience: "staff", params, body: changes(gates) });
      await read();
    } catch (refusal) {
      if (refusal instanceof Refusal && refusal.name === "contact-changed") {
        await read();
        rebase();
      }
      throw refusal;
    }
    news = { look: "receipt", say: () => staffWords.saved };
    leaveForm();
  },
  startOver: () => (wasBegun ? startOver : undefined),
  cancel: () => {
    leaveForm();
    renew();
  },
});

const records = recordList({ filter: () => params, none: () => html`<p>${staffWords.noRecords}</p>`, grown: renew });

async function read() {
  [contact, diagnosis] = await Promise.all([
    call("get", "/api/contacts/{contact}", { audience: "staff", params }),
    call("get", "/api/contacts/{contact}/diagnosis", { audience: "staff", params }),
  ]);
}

/** Reads again what may have changed meanwhile, but not under an open form. A failure is left to the next time. */
async function renew() {
  if (!isEdited()) {
    await read().then(draw, refusalOf);
  }
}

/**
 * Only what is another than before.
 *
 * @param {(GateChange | null)[]} gates
 */
function changes(gates) {
  const from = typed.before ?? contact;
  const before = typedOf(from);
  const [name, sorted, email, mobile] = [typed.name, typed.sorted, typed.email, typed.mobile].map((text) => text.trim());
  return {
    version: from.version,
    ...(name === before.name ? {} : { name }),
    ...(sorted === before.sorted ? {} : { sort_name: sorted || null }),
    ...(email === before.email ? {} : { email: email || null }),
    ...(mobile === before.mobile ? {} : { mobile: mobile || null }),
    ...(typed.shared === before.shared ? {} : { share_mobile: typed.shared }),
    ...(typed.language === before.language ? {} : { language: typed.language || null }),
    ...(JSON.stringify(typed.overrides) === JSON.stringify(before.overrides) ? {} : { overrides: typed.overrides }),
    ...(JSON.stringify(gates) === JSON.stringify(atPlaces(before.gates)) ? {} : { gates }),
  };
}

/** What the change that is typed in ends, for who was invited or got in before. @returns {"all" | "mobile" | undefined} */
function ends() {
  const from = typed.before ?? contact;
  if (!from.portal.invited_at && !from.portal.last_access_at) {
    return undefined;
  }
  const [before, kept] = [typedOf(from), typed.gates.filter(({ keeps }) => keeps !== undefined).length];
  const opensOtherwise = kept < from.gates.length || typed.gates.some(({ keeps, isOffer }) => keeps === undefined && !isOffer);
  if (typed.email.trim().toLowerCase() !== before.email.toLowerCase() || opensOtherwise) {
    return "all";
  }
  return typed.mobile.replace(/\D/g, "") === before.mobile.replace(/\D/g, "") ? undefined : "mobile";
}

/** Whether the form is open, by who may. */
const isEdited = () => works() && inAddress("edit") !== "";

/** Whether the way led here to add a gate. */
const isForSecondGate = () => inAddress("edit") === "gates";

/** Whether what stands in the form was typed earlier. */
let wasBegun = false;

/** Fills the form, unless something stands in it already. */
function fill() {
  wasBegun = isBegun();
  if (!wasBegun) {
    Object.assign(typed, typedOf(contact), { before: contact });
  }
  const { gates } = typed;
  if (gates.length === 0 || (isForSecondGate() && gates.length === 1)) {
    gates.push(...blankGate(gates.length === 0, typed.overrides));
  }
}

/** Whether something else stands in the form than in the contact from which it was begun. */
function isBegun() {
  const { before, gates, ...rest } = typed;
  /** @type {Record<string, unknown>} */
  const own = { ...rest, gates: gates.filter(({ isOffer }) => !isOffer) };
  return before !== undefined && Object.entries(typedOf(before)).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(own[name]));
}

function startOver() {
  typed.forget();
  typed.before = undefined;
  fill();
}

/** Someone else changed the contact: what was typed goes on top of that, but for gates. */
function rebase() {
  const { name, sorted, email, mobile, shared, language, overrides } = typed;
  const before = typedOf(/** @type {Contact} */ (typed.before));
  const own = Object.entries({ name, sorted, email, mobile, shared, language, overrides }).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[/** @type {"name"} */ (field)]),
  );
  Object.assign(typed, typedOf(contact), Object.fromEntries(own), { before: contact });
  typed.keep();
  form.clear();
}

function edit() {
  news = undefined;
  history.pushState(null, "", "?edit=details");
  turn();
}

function leaveForm() {
  typed.forget();
  typed.before = undefined;
  history.replaceState(null, "", location.pathname);
  turn();
}

/** Shows what the address says: the contact or the form. */
function turn() {
  proof.close();
  if (isEdited()) {
    fill();
  } else {
    form.clear();
  }
  drawAndFocus(isForSecondGate() ? "#digits-1" : "h1", "h1");
}

/** @param {boolean} again although they were invited just now */
function invite(again = false) {
  inviting(async () => {
    [news, wasInvited] = [undefined, false];
    let sentTo = "";
    try {
      ({ sent_to: sentTo } = await call("post", "/api/contacts/{contact}/invitations", { audience: "staff", params, body: { again } }));
    } finally {
      // If something is missing by now, this says so.
      await renew();
      news = sentTo ? { look: "receipt", say: () => staffWords.invited(sentTo) } : undefined;
      records.refresh();
      // The button that was pressed may have made way for another.
      drawAndFocus("#invite", "h1");
    }
  }, notInvited);
}

/**
 * Does something about how they get in, which its button is gone after.
 *
 * @param {() => Promise<unknown>} does
 * @param {() => string} say
 */
function helping(does, say) {
  helpingIn(
    async () => {
      news = undefined;
      await does();
      await done(say);
    },
    (refusal) => (news = { look: "error", say: () => saying(refusal) }),
  );
}

/** Says what was done. @param {() => string} say */
async function done(say) {
  news = { look: "receipt", say };
  await renew();
  drawAndFocus("h1");
  records.refresh();
}

const unlock = () => helping(() => call("delete", "/api/contacts/{contact}/lock", { audience: "staff", params }), () => staffWords.unlocked);
const reopen = () => helping(() => call("put", "/api/contacts/{contact}/code-path", { audience: "staff", params, body: {} }), () => staffWords.reopened);
const signOut = () => helping(() => call("delete", "/api/contacts/{contact}/sessions", { audience: "staff", params }), () => staffWords.signedOut);

/** Taking their second factor away. */
const resetOfFactor = resetFactor(
  params.contact,
  async (reason) => {
    news = undefined;
    await call("delete", "/api/contacts/{contact}/second-factor", { audience: "staff", params, body: { reason } });
    await done(() => staffWords.factorWasReset);
  },
  proof,
);

/** @param {Refusal} refusal */
function notInvited(refusal) {
  if (refusal.name === "too-many-requests") {
    const opensAt = Date.now() + (refusal.retryAfter || 60) * 1000;
    news = { look: "error", say: () => staffWords.invitedTooOften(dayAndTime(opensAt)) };
  } else if (refusal.name === "invited-just-now") {
    wasInvited = true;
    news = { look: "panel", say: () => staffWords.invitedJustNow };
  } else if (refusal.name !== "not-ready") {
    news = { look: "error", say: () => saying(refusal) };
  }
}

/** What the diagnosis says that stands in the trouble with an address too, with more. @type {Record<string, "email" | "mobile">} */
const TOLD_BY_TROUBLE = { "mail-bounced": "email", "mail-marked-as-spam": "email", "phone-opted-out": "mobile", "text-failed": "mobile" };

/** What keeps messages from them, what to do about it, and what codes do until then. */
function troubles() {
  const texts = staffWords;
  const { email, mobile, portal } = contact;
  const { email: ofMail, mobile: ofTexts } = portal.troubles;
  // A phone that was out of reach may be back after a day.
  const noTexts = ofTexts && (ofTexts.kind !== "failed" || Date.now() - Date.parse(ofTexts.at) < DAY_MS);
  const mayText = firm().sign_in.channels.includes("sms");
  return [
    ofMail && email
      ? html`<p class="panel">
          ${texts.troubles[ofMail.kind](email, moment(ofMail.at))} ${mobile && mayText && !noTexts ? texts.codesByText : nothing}
        </p>`
      : nothing,
    ofTexts && mobile
      ? html`<p class="panel">
          ${texts.troubles[ofTexts.kind](shownPhone(mobile), moment(ofTexts.at))} ${noTexts && mayText && email && !ofMail ? texts.codesByMail : nothing}
        </p>`
      : nothing,
  ];
}

/** What is decided for them alone. */
function exceptions() {
  const { exceptions, questions } = staffWords;
  const { access_mode, code_channel, identity_check } = contact.overrides;
  const labels = [
    access_mode && questions.access_mode.options[access_mode][0],
    code_channel && questions.code_channel.options[code_channel][0],
    identity_check && questions.identity_check.options[identity_check][0],
  ].filter(Boolean);
  return labels.length
    ? html`<dt>${exceptions}</dt>
        <dd>${labels.map((label) => html`<div>${label}</div>`)}</dd>`
    : nothing;
}

function details() {
  const texts = staffWords;
  const { email, mobile, language, clients, gates, portal } = contact;
  const { last_failure: last, last_access_at: accessed = "", locked_until: locked } = portal;
  // What they got over, or staff unlocked, is no problem of theirs any more.
  const failure = last && last.at > (accessed ?? "") && (last.outcome !== "locked" || locked) ? last : undefined;
  return html`
    <dl class="facts long">
      <dt>${texts.email}</dt>
      <dd>${email ?? texts.notThere}</dd>
      <dt>${texts.mobile}</dt>
      <dd>${mobile ? shownPhone(mobile) : texts.notThere}</dd>
      ${language
        ? html`<dt>${texts.languageShort}</dt>
            <dd>${texts.languages[language]}</dd>`
        : nothing}
      <dt>${texts.gates}</dt>
      <dd>
        ${gates.length === 0
          ? texts.notThere
          : gates.map(({ kind, label }) => html`<div>${texts.gateKinds[kind]}${label ? ` – ${label}` : ""}</div>`)}
      </dd>
      <dt>${texts.factorOfContact}</dt>
      <dd>${texts.factorStates[portal.second_factor]}</dd>
      ${exceptions()}
      <dt>${words.actingFor}</dt>
      <dd>${clients.map(({ name }) => html`<div>${name}</div>`)}</dd>
      <dt>${texts.invitedAt}</dt>
      <dd>${portal.invited_at ? dayAndTime(portal.invited_at) : texts.never}</dd>
      <dt>${texts.accessedAt}</dt>
      <dd>${portal.last_access_at ? dayAndTime(portal.last_access_at) : texts.never}</dd>
      ${failure
        ? html`<dt>${texts.failedAt}</dt>
            <dd>${inLocalTime(texts.told(failure))}<br />${dayAndTime(failure.at)}</dd>`
        : nothing}
    </dl>
  `;
}

/** What can be done here: what helps now first, and most to be seen. */
function actions() {
  const { portal } = contact;
  const { action } = diagnosis;
  const [isClosed, isLocked, isReady] = [portal.code_path === "closed", Boolean(portal.locked_until), portal.missing.length === 0];
  const possible = [
    isClosed && action !== "reopen" && helpingButton(reopen, staffWords.reopen, true),
    isLocked && action !== "unlock" && helpingButton(unlock, staffWords.unlock, true),
    isReady && action !== "invite" && action !== "send-by-email" && inviteButton(true),
    action !== "edit" && editButton(true),
  ];
  return html`<div class="buttons">${helpful()} ${possible.map((button) => button || nothing)}</div>`;
}

/** The one button that the diagnosis asks for. */
function helpful() {
  switch (diagnosis.action) {
    case "reopen":
      return helpingButton(reopen, staffWords.reopen);
    case "unlock":
      return helpingButton(unlock, staffWords.unlock);
    case "invite":
    case "send-by-email":
      return inviteButton(false);
    case "edit":
      return editButton(false);
    case "reset-second-factor":
      return html`<button type="button" @click=${resetOfFactor.open}>${staffWords.resetFactor}</button>`;
    default:
      return nothing;
  }
}

/** @param {boolean} isSecond */
const look = (isSecond) => (isSecond ? "second" : nothing);

/** @param {boolean} isSecond */
const editButton = (isSecond) => html`<button type="button" class=${look(isSecond)} @click=${edit}>${staffWords.edit}</button>`;

/** A mail with a link, which asks for no code and, once it is opened, for no digits either. @param {boolean} isSecond */
function inviteButton(isSecond) {
  const texts = staffWords;
  const text = wasInvited
    ? texts.inviteAnyway
    : diagnosis.action === "send-by-email"
      ? texts.sendLink
      : contact.portal.invited_at
        ? texts.inviteAgain
        : texts.invite;
  return html`<button type="button" class=${look(isSecond)} id="invite" aria-disabled=${inviting.isBusy} @click=${() => invite(wasInvited)}>
    ${inviting.isBusy ? words.oneMoment : text}
  </button>`;
}

/** @param {() => void} press @param {string} text @param {boolean} [isSecond] */
const helpingButton = (press, text, isSecond = false) => html`
  <button type="button" class=${look(isSecond)} aria-disabled=${helpingIn.isBusy} @click=${press}>${helpingIn.isBusy ? words.oneMoment : text}</button>
`;

/** What is the matter, in one sentence, and what to do about it. */
function told() {
  const { troubles: known } = contact.portal;
  const of = TOLD_BY_TROUBLE[String(diagnosis.values.why)];
  if (diagnosis.verdict === "not-delivered" && of && known[of]) {
    return nothing;
  }
  const { sentence, advice } = diagnosed(diagnosis);
  return html`<p class="diagnosis">${sentence} ${advice ? html`<span class="hint">${advice}</span>` : nothing}</p>`;
}

function view() {
  const texts = staffWords;
  if (isEdited()) {
    return html`
      <h1 tabindex="-1">${texts.editTitle(contact.name)}</h1>
      ${form.view()}
    `;
  }
  const { portal, clients } = contact;
  return html`
    <h1 tabindex="-1">${contact.name}</h1>
    <div role="status">
      ${readiness(contact)}
      ${news ? html`<p class=${news.look}>${news.say()}</p>` : nothing}
      ${portal.status !== "missing" ? told() : works() ? html`<p>${texts.notReady}</p>` : nothing} ${troubles()}
    </div>
    ${works() ? actions() : html`<p>${texts.looksAlone}</p>`} ${details()}
    ${works() && portal.last_access_at
      ? html`<div class="buttons">
          <button type="button" class="second" aria-disabled=${helpingIn.isBusy} @click=${signOut}>${texts.signOutContact}</button>
        </div>`
      : nothing}
    ${works() && portal.second_factor !== "none" ? resetOfFactor() : nothing}
    <section aria-labelledby="documents">
      <h2 id="documents">${words.documents}</h2>
      <ul class="rows">
        ${clients.map(({ client, name }) => {
          const path = `staff/clients/${client}/documents?contact=${params.contact}`;
          return html`<li><a class="target" href=${at(path)}>${texts.documentsOf(name)}</a></li>`;
        })}
      </ul>
    </section>
    <section aria-labelledby="records">
      <h2 id="records">${texts.records}</h2>
      ${records.view()}
    </section>
  `;
}

const shown = await start({
  audience: "staff",
  session: "needed",
  before: read,
  title: () => contact?.name ?? staffWords.contacts,
  view: () => (proof.isAsked ? proof.screen() : view()),
  menu: staffMenu,
});
if (shown) {
  addEventListener("popstate", turn);
  if (isEdited()) {
    turn();
  }
  await records.load();
  records.live();
}
