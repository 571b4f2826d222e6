/**
 * The frame of every screen: the firm's name and colour, the way past it, the menu, who is signed in, the language, and the firm's phone.
 *
 * A screen calls `start` once and `draw` whenever something changed.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Firm, Session } from "./api.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { Refusal, call, refusalOf } from "./api.js";
import { wear } from "./colour.js";
import { at, firmId } from "./place.js";
import { cameIn, goOut, goToSecondFactor, goToSignIn, hadCome } from "./session.js";
import { browser } from "./store.js";
import { duration, language, speak, staffWords, words } from "./words.js";
import { html, nothing, render } from "./html.js";

/**
 * @typedef {object} Screen
 * @property {Audience} audience for whom it is
 * @property {"needed" | "looked-for" | "ignored"} session whether someone must be signed in; `looked-for` asks and goes on without
 * @property {() => string} title
 * @property {() => TemplateResult} view what stands between frame and end, beginning with its `h1`
 * @property {() => Promise<void>} [before] what else must be known before it is shown
 * @property {() => TemplateResult} [help] what stands beside the firm's phone for who cannot get in
 * @property {() => Entry[]} [menu] sections that this one stands in or among
 */

/**
 * @typedef {object} Entry
 * @property {string} path
 * @property {string} text
 * @property {RegExp} [below] paths of other screens of the section
 */

/**
 * What is known once the screen is shown.
 *
 * @type {{ firm?: Firm, session?: Session, lacksFactor?: boolean }}
 */
const found = {};

/** @type {Screen} */
let screen;
/** @type {Refusal | undefined} */
let trouble;
let isLoading = true;
/** Whether it is shown who is signed in, and the way out. */
let isAccountOpen = false;

/** The firm; only for what is drawn after `start` has answered. */
export function firm() {
  return /** @type {Firm} */ (found.firm);
}

/** Who is signed in; only where the screen needs that. */
export function session() {
  return /** @type {Session} */ (found.session);
}

/** Whether someone is about to come in who still has to give a second factor, or to set one up. */
export function lacksFactor() {
  return found.lacksFactor ?? false;
}

/** Who is signed in, if anyone is. */
export function maybeSession() {
  return found.session;
}

/**
 * Shows the screen of this document as soon as the firm, and who is signed in, are known.
 *
 * @param {Screen} itself
 * @returns {Promise<boolean>} whether it is shown; if not, the frame says why, or, where no words have come, the document itself
 */
export async function start(itself) {
  screen = itself;
  // What the browser kept of a page that was left may be someone's whose session has ended.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  found.firm = browser.read("firm");
  if (found.firm) {
    wear(found.firm.branding.colour);
  }
  const asked = call("get", "/api/firms/{firm}", { params: { firm: firmId } });
  const answers = Promise.all([asked, currentSession(), screen.before?.()]);
  answers.catch(() => {}); // It is caught below, once there are words for it.
  const canSpeak = await speak(screen.audience, language).then(() => true, () => false);
  if (!canSpeak) {
    return false;
  }
  place().replaceChildren();
  draw();
  try {
    const [theFirm, theSession] = await answers;
    found.firm = theFirm;
    found.session = theSession;
    wear(theFirm.branding.colour);
    // The next page has the firm's name and phone at once, and even where no answer comes.
    browser.write("firm", theFirm);
  } catch (cause) {
    fail(refusalOf(cause));
    return false;
  }
  if (found.session || found.lacksFactor) {
    cameIn(screen.audience, found.session ? "in" : "half");
  }
  if (screen.session === "needed" && !found.session) {
    return found.lacksFactor ? goToSecondFactor(screen.audience) : goToSignIn(screen.audience);
  }
  isLoading = false;
  draw();
  return true;
}

/** @returns {Promise<Session | undefined>} */
async function currentSession() {
  if (screen.session === "ignored") {
    return undefined;
  }
  try {
    const session = await call("get", "/api/session", { audience: screen.audience, stays: true });
    // Another firm's session in this browser is nobody's here.
    return session.firm === firmId ? session : undefined;
  } catch (refusal) {
    const name = refusal instanceof Refusal && refusal.name;
    found.lacksFactor = name === "second-factor-needed";
    if (name === "session-needed" || found.lacksFactor) {
      return undefined;
    }
    throw refusal;
  }
}

/** Says that the whole screen cannot be shown. @param {Refusal} refusal */
export function fail(refusal) {
  trouble = refusal;
  draw();
}

/** Where the screen is drawn. Until then the document says there what to do if that does not happen. */
const place = () => /** @type {HTMLElement} */ (document.getElementById("page"));

/** Writes what has changed. */
export function draw() {
  const title = trouble ? titleOf(trouble) : screen.title();
  document.title = found.firm ? `${title} – ${found.firm.name}` : title;
  render(frame(), place());
}

/**
 * Draws, then moves the keyboard to what the first of `selectors` names that is there.
 *
 * @param {string[]} selectors
 */
export function drawAndFocus(...selectors) {
  draw();
  const element = selectors.map((selector) => document.querySelector(selector)).find(Boolean);
  if (element instanceof HTMLElement) {
    element.focus();
  }
}

function frame() {
  return html`
    <a class="skip" href="#main" @click=${jump}>${words.skip}</a>
    <header class="top">
      <div class="inner">
        ${found.firm
          ? html`<a class="firm" href=${at(screen.audience === "staff" ? "staff" : "")}>${found.firm.name}</a>`
          : html`<span class="firm"></span>`}
        ${whoIsHere()} ${tongue()}
      </div>
      ${account()}
    </header>
    ${menu()}
    <main id="main" tabindex="-1" class="inner">${trouble ? troubled(trouble) : isLoading ? loading() : screen.view()}</main>
    <footer class="inner">
      ${found.firm && screen.audience === "client" ? html`<p>${callFirm()}</p>` : nothing} ${found.firm && !isLoading && !trouble ? screen.help?.() : nothing}
    </footer>
  `;
}

/**
 * Follows a link within the page by the keyboard's place alone: another address would be another step for "back", and on the page of a link
 * another link.
 *
 * @param {MouseEvent} event
 */
export function jump(event) {
  event.preventDefault();
  const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  document.getElementById(link.hash.slice(1))?.focus();
}

function menu() {
  const entries = (!isLoading && !trouble && screen.menu?.()) || [];
  if (entries.length === 0) {
    return nothing;
  }
  return html`
    <nav class="menu" aria-label=${words.menu}>
      <ul class="inner">
        ${entries.map(({ path, text, below }) => {
          const current = at(path) === location.pathname ? "page" : below?.test(location.pathname) ? "true" : nothing;
          return html`<li><a href=${at(path)} aria-current=${current}>${text}</a></li>`;
        })}
      </ul>
    </nav>
  `;
}

/** Who is signed in, by name, on the button that shows the rest. */
function whoIsHere() {
  const who = found.session?.staff ?? found.session?.contact;
  if (!who || (screen.session !== "needed" && !screen.menu)) {
    return nothing;
  }
  const turn = () => {
    isAccountOpen = !isAccountOpen;
    draw();
  };
  return html`
    <button type="button" class="quiet" aria-expanded=${isAccountOpen} aria-controls="account" @click=${turn}>
      <span class="unseen">${words.signedInAs}</span> <span translate="no">${who.name}</span>
    </button>
  `;
}

/** Who is signed in, for whom, and the way out. */
function account() {
  const who = found.session?.staff ?? found.session?.contact;
  if (!who || !isAccountOpen) {
    return nothing;
  }
  const { clients } = session();
  return html`
    <div class="account" id="account">
      <div class="inner">
        <dl class="facts long">
          <dt>${words.signedInAs}</dt>
          <dd translate="no">${who.name}<br />${who.email}</dd>
          ${clients.length > 0
            ? html`<dt>${words.actingFor}</dt>
                <dd translate="no">${clients.map(({ name }) => html`<div>${name}</div>`)}</dd>`
            : nothing}
        </dl>
        <p><a href=${at(screen.audience === "staff" ? "staff/two-factor" : "two-factor")}>${words.twoFactor}</a></p>
        <p><a href=${at(screen.audience === "staff" ? "staff/devices" : "devices")}>${words.devices}</a></p>
        <p><button type="button" class="second" @click=${leave}>${words.signOut}</button></p>
      </div>
    </div>
  `;
}

async function leave() {
  try {
    await call("delete", "/api/session", { audience: screen.audience });
    await goOut(screen.audience);
  } catch (cause) {
    fail(refusalOf(cause));
  }
}

/** The way to the other language, named in that language. */
function tongue() {
  const other = language === "en" ? "es" : "en";
  const switchTo = async () => {
    browser.write("language", other);
    // After a new release the sentences of the old one may be gone.
    await speak(screen.audience, other).then(draw, () => location.reload());
  };
  return html`<button type="button" class="quiet" lang=${other} @click=${switchTo}>${other === "es" ? "Español" : "English"}</button>`;
}

function loading() {
  return html`<p class="loading" role="status">${words.loading}</p>`;
}

/** @param {Refusal} refusal */
function titleOf(refusal) {
  return refusal.name === "not-found" ? words.notFoundTitle : words.troubleTitle;
}

/** @param {Refusal} refusal */
function troubled(refusal) {
  return html`
    <h1>${titleOf(refusal)}</h1>
    <p>${refusal.name === "not-found" ? words.notFoundText : saying(refusal)}</p>
    ${refusal.name === "not-found" ? nothing : html`<button type="button" @click=${() => location.reload()}>${words.tryAgain}</button>`}
  `;
}

/**
 * What went wrong, in a sentence that says what to do.
 *
 * @param {Refusal} refusal
 * @returns {string}
 */
export function saying(refusal) {
  switch (refusal.name) {
    case "offline":
      return words.offline;
    case "too-many-requests":
      return words.tooManyIn(duration(refusal.retryAfter || 60));
    case "cookies-off":
      return words.cookiesOff;
    case "not-found":
      return words.gone;
    case "invalid-request":
      return words.notTaken;
    case "not-allowed":
      return staffWords.notAllowed;
    default:
      return words.unavailable;
  }
}

/** Why who was signed in stands before the door again, where they did not go out themselves. */
export function signedOut() {
  const was = hadCome(screen.audience);
  return was ? html`<p class="panel">${was === "half" ? words.tookTooLong : words.wasSignedOut}</p>` : nothing;
}

/** The firm's phone, for every dead end. */
export function callFirm() {
  // What an earlier release kept of the firm has no address yet that dials.
  const { name, phone, tel } = firm();
  return html`${words.needHelp} ${words.callFirm(name)} <a class="phone" href=${tel ?? nothing}>${phone}</a>`;
}
