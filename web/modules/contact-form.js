/**
 * The form of a contact, for a new one and for changes of an old one. Digits of gates are kept in memory alone.
 *
 * @import { Contact, GateChange, GateKind, Overrides, Refusal } from "./api.js"
 * @import { Proof } from "./act.js"
 * @import { Errors } from "./form.js"
 * @import { Language } from "./words.js"
 */

import { acting } from "./act.js";
import { emailError } from "./email.js";
import { field, onSubmit, showErrors, summary } from "./form.js";
import { draw, drawAndFocus, firm, saying } from "./page.js";
import { shownPhone } from "./phone.js";
import { at } from "./place.js";
import { select } from "./select.js";
import { bare, gateIn } from "./typed.js";
import { staffWords, words } from "./words.js";
import { html, nothing } from "./html.js";

/** As many as a contact can have. */
const MOST_GATES = 2;
/** Characters that a label can have. */
const LONGEST_LABEL = 60;

/**
 * @typedef {object} TypedGate
 * @property {GateKind} kind
 * @property {string} label
 * @property {number} [keeps] the place of the gate whose digits stay
 * @property {boolean} [isOffer] whether it is none as long as it is blank
 */

/**
 * @typedef {object} Typed what is in the form, but for digits
 * @property {string} name
 * @property {string} sorted what lists put it in order by; without it, that follows from the name
 * @property {string} email
 * @property {string} mobile
 * @property {boolean} shared whether others may have the same mobile
 * @property {Language | ""} language of what is sent to it; without one, the firm's
 * @property {TypedGate[]} gates
 * @property {Overrides} overrides what is decided about signing in for them alone
 */

/** @type {Typed} */
export const BLANK = { name: "", sorted: "", email: "", mobile: "", shared: false, language: "", gates: [], overrides: { access_mode: null, code_channel: null, identity_check: null } };

/**
 * @param {Contact} contact
 * @returns {Typed} */
export const typedOf = ({ name, sort_name, email, mobile, share_mobile, language, gates, overrides }) => ({
  name,
  sorted: sort_name,
  email: email ?? "",
  mobile: mobile ? shownPhone(mobile) : "",
  shared: share_mobile,
  language: language ?? "",
  gates: gates.map(({ kind, label }, place) => ({ kind, label: label ?? "", keeps: place })),
  overrides,
});

/** The kinds of gates that are asked for, by what is decided for a contact alone, if anything is. @param {Overrides} [own] @returns {GateKind[]} */
function kinds(own) {
  const check = own?.identity_check ?? firm().sign_in.identity_check;
  return check === "none" ? [] : check === "either" ? ["ssn_last4", "pin"] : [check];
}

/** A gate that nothing was typed into yet; none where none is checked. @param {Overrides} [own] @returns {TypedGate[]} */
export const blankGate = (isOffer = false, own = undefined) =>
  kinds(own)
    .slice(0, 1)
    .map((kind) => ({ kind, label: "", isOffer }));

/**
 * Gates as a change of a contact names them: each that stays at its own place, new ones where there is room.
 *
 * @param {(TypedGate & { digits?: string })[]} gates
 */
export function atPlaces(gates) {
  /** @type {(GateChange | null)[]} */
  const places = Array(MOST_GATES).fill(null);
  const isKept = (/** @type {TypedGate} */ { keeps }) => keeps !== undefined;
  for (const { kind, label, digits, keeps } of [...gates.filter(isKept), ...gates.filter((gate) => !isKept(gate))]) {
    places[keeps ?? places.indexOf(null)] = { kind, digits, label: label.trim() || undefined };
  }
  return places;
}

/**
 * @param {object} how
 * @param {Typed & { keep(): void }} how.typed
 * @param {() => string} how.label what its button says
 * @param {() => string} [how.sortedAs] what lists put it in order by until now
 * @param {(gates: (GateChange | null)[]) => Promise<void>} how.save
 * @param {() => "all" | "mobile" | undefined} [how.ends] what saving it as it stands ends
 * @param {() => (() => void) | undefined} how.startOver forgets what was typed earlier; nothing where nothing was
 * @param {() => void} how.cancel
 * @param {Proof} [how.proof] asks for a fresh proof, where saving takes one
 */
export function contactForm({ typed, label, sortedAs, save, ends, startOver, cancel, proof }) {
  /** @type {string[]} */
  let digits = [];
  /** Which whole SSN was cut to its end. @type {number | undefined} */
  let cut;
  const act = acting(proof);
  /** @type {Errors} */
  let errors = {};
  /** The contact that has the email or the mobile already. @type {{ field: "email" | "mobile", contact?: string } | undefined} */
  let taken;

  /** Forgets digits and errors. */
  function clear() {
    [digits, cut, errors, taken] = [[], undefined, {}, undefined];
  }

  function check() {
    errors = {};
    const email = typed.email.trim();
    if (!typed.name.trim()) {
      errors.name = () => staffWords.nameEmpty;
    }
    if (email && !email.includes("@")) {
      errors.email = emailError(typed.email);
    }
    /** @type {(TypedGate & { digits?: string })[]} */
    const gates = [];
    for (const [index, gate] of typed.gates.entries()) {
      const given = gateIn(digits[index] ?? "");
      const isRight = "digits" in given && (gate.kind === "pin" || given.digits.length === 4);
      if (gate.keeps !== undefined) {
        gates.push(gate);
      } else if (isRight) {
        gates.push({ ...gate, digits: given.digits });
      } else if (!(gate.isOffer && digits.join("").trim() === "" && gate.label.trim() === "")) {
        errors[`digits-${index}`] = () => staffWords.digitsWrong[gate.kind];
      }
      if (gate.label.trim().length > LONGEST_LABEL) {
        errors[`label-${index}`] = () => staffWords.gateLabelWrong;
      }
    }
    return atPlaces(gates);
  }

  function submit() {
    if (act.isBusy) {
      return;
    }
    const gates = check();
    taken = undefined;
    if (Object.keys(errors).length > 0) {
      showErrors();
      return;
    }
    act(() => save(gates), refused, label);
  }

  /** @param {Refusal} refusal */
  function refused(refusal) {
    const { fields = {}, name, problem } = refusal;
    if (name === "email-taken" || name === "mobile-taken") {
      const of = name === "email-taken" ? "email" : "mobile";
      taken = { field: of, contact: problem.contact };
      errors[of] = () => (of === "email" ? staffWords.emailTaken : staffWords.mobileTaken);
    }
    if (name === "contact-changed") {
      errors.form = () => staffWords.contactChanged;
    }
    if (fields.name) {
      errors.name = () => staffWords.nameWrong;
    }
    if (fields.sort_name) {
      errors.sorted = () => staffWords.nameWrong;
    }
    if (fields.email) {
      errors.email = emailError(typed.email);
    }
    if (fields.mobile) {
      errors.mobile = () => staffWords.mobileWrong;
    }
    if (Object.keys(fields).some((field) => field.startsWith("gates"))) {
      errors.form = () => staffWords.gatesWrong;
    }
    if (Object.keys(errors).length === 0) {
      errors.form = () => saying(refusal);
    }
    showErrors();
  }

  /** @param {"name" | "sorted" | "email" | "mobile"} name */
  const keeps = (name) => (/** @type {string} */ value) => {
    typed[name] = value;
    typed.keep();
    draw();
  };

  /** What it is put in order by, where there is something to change: that is seldom right to do. */
  function sorting() {
    const texts = staffWords;
    return sortedAs
      ? html`
          <details .open=${Boolean(errors.sorted)}>
            <summary>${texts.sortedAs(sortedAs())}</summary>
            ${field({ id: "sorted", label: texts.sorted, hint: texts.sortedHint, value: typed.sorted, typed: keeps("sorted"), errors })}
          </details>
        `
      : nothing;
  }

  /** The ways on where the email is another's already. */
  function ways() {
    if (taken?.field !== "email") {
      return nothing;
    }
    const texts = staffWords;
    const path = taken.contact && `staff/contacts/${taken.contact}`;
    return html`
      <ul class="panel ways">
        ${path
          ? html`
              <li>${texts.samePerson} <a class="link" href=${at(path)}>${texts.toThatContact}</a></li>
              <li>${texts.couple} <a class="link" href=${at(`${path}?edit=gates`)}>${texts.addGateThere}</a></li>
            `
          : nothing}
        <li>${texts.wrongEmail} <button type="button" class="link" @click=${correct}>${texts.correctIt}</button></li>
      </ul>
    `;
  }

  function correct() {
    document.getElementById("email")?.focus();
  }

  function sharing() {
    const texts = staffWords;
    const path = taken?.field === "mobile" && taken.contact;
    if (!path && !typed.shared) {
      return nothing;
    }
    const choose = () => {
      typed.shared = !typed.shared;
      typed.keep();
      draw();
    };
    return html`
      ${path ? html`<p><a href=${at(`staff/contacts/${path}`)}>${texts.toThatContact}</a></p>` : nothing}
      <div class="choice">
        <input id="shared" type="checkbox" .checked=${typed.shared} @change=${choose} />
        <label for="shared">${texts.sharedMobile}</label>
      </div>
    `;
  }

  function language() {
    const texts = staffWords;
    return select({
      id: "language",
      label: texts.language,
      options: [
        ["", texts.languageOfFirm(texts.languages[firm().language])],
        ["en", texts.languages.en],
        ["es", texts.languages.es],
      ],
      value: typed.language,
      chosen: (language) => {
        typed.language = language;
        typed.keep();
        draw();
      },
    });
  }

  /** What is decided for them alone, in place of what the firm decides for all. */
  function exceptions() {
    const texts = staffWords;
    const isAny = Object.values(typed.overrides).some(Boolean);
    /** @template {"access_mode" | "code_channel" | "identity_check"} N @param {N} name */
    const exception = (name) => {
      const { legend, options } = texts.questions[name];
      const named = Object.entries(options).map(([value, [label]]) => /** @type {[string, string]} */ ([value, label]));
      return select({
        id: name,
        label: legend,
        options: [["", texts.asFirm], ...named],
        value: typed.overrides[name] ?? "",
        chosen: (value) => {
          typed.overrides = { ...typed.overrides, [name]: value || null };
          typed.keep();
          draw();
        },
      });
    };
    return html`
      <details .open=${isAny}>
        <summary>${texts.exceptions}</summary>
        <p class="hint">${texts.exceptionsHint}</p>
        ${firm().sign_in.access_mode === "link_only" && (typed.overrides.access_mode ?? "link_only") !== "link_only"
          ? html`<p class="note">${texts.exceptionByLinks}</p>`
          : nothing}
        ${exception("access_mode")} ${exception("code_channel")} ${firm().sign_in.identity_check === "none" ? nothing : exception("identity_check")}
      </details>
    `;
  }

  /** The digits of a gate that stay until others are wanted. @param {number} index */
  function oldDigits(index) {
    const texts = staffWords;
    const { kind, label } = typed.gates[index];
    // A PIN opens wherever anything is asked for.
    const asked = kinds(typed.overrides);
    const opens = kind === "pin" || asked.includes(kind);
    const renew = () => {
      typed.gates[index] = { kind: opens ? kind : asked[0], label };
      typed.keep();
      drawAndFocus(`#digits-${index}`);
    };
    return html`
      <div class="field">
        <strong>${texts.gateKinds[kind]}</strong>
        <p class="hint">${opens ? texts.digitsStay : texts.pinAskedFor}</p>
        <button type="button" class="link" @click=${renew}>${opens ? texts.newDigits : texts.pinInstead}</button>
      </div>
    `;
  }

  /** @param {number} index */
  function newDigits(index) {
    const texts = staffWords;
    const { kind } = typed.gates[index];
    const choice = [...new Set([...kinds(typed.overrides), kind])];
    return html`
      ${choice.length > 1
        ? select({
            id: `kind-${index}`,
            label: texts.gateKind,
            options: choice.map((one) => [one, texts.gateKinds[one]]),
            value: kind,
            chosen: (kind) => {
              typed.gates[index].kind = kind;
              typed.keep();
              draw();
            },
          })
        : nothing}
      ${field({
        id: `digits-${index}`,
        label: choice.length > 1 ? texts.digits : texts.gateKinds[kind],
        hint: texts.digitsHint[kind],
        value: digits[index] ?? "",
        errors,
        inputmode: "numeric",
        short: true,
        typed: (value, input) => {
          const typedDigits = bare(value);
          cut = kind === "ssn_last4" && /^\d{9}$/.test(typedDigits) ? index : undefined;
          digits[index] = cut === index ? typedDigits.slice(-4) : value;
          input.value = digits[index];
          draw();
        },
      })}
      <p class="note" role="status">${cut === index ? words.gateCut : nothing}</p>
    `;
  }

  /** @param {number} index */
  function gate(index) {
    const texts = staffWords;
    const { label, keeps } = typed.gates[index];
    const remove = () => {
      typed.gates.splice(index, 1);
      digits.splice(index, 1);
      [errors, cut] = [{}, undefined];
      typed.keep();
      drawAndFocus("#add-gate");
    };
    return html`
      <fieldset class="panel">
        <legend class="unseen">${texts.gateNumber(index + 1)}</legend>
        <h3 aria-hidden="true">${texts.gateNumber(index + 1)}</h3>
        ${keeps === undefined ? newDigits(index) : oldDigits(index)}
        ${field({
          id: `label-${index}`,
          label: texts.gateLabel,
          hint: texts.gateLabelHint,
          value: label,
          errors,
          typed: (value) => {
            typed.gates[index].label = value;
            typed.keep();
          },
        })}
        <button type="button" class="link" @click=${remove}>${texts.removeGate}</button>
      </fieldset>
    `;
  }

  function gates() {
    const texts = staffWords;
    if (kinds(typed.overrides).length === 0) {
      return nothing;
    }
    const add = () => {
      typed.gates.push(...blankGate(false, typed.overrides));
      typed.keep();
      drawAndFocus(`#digits-${typed.gates.length - 1}`);
    };
    return html`
      <h2 id="gates" tabindex="-1">${texts.gates}</h2>
      <p class="hint">${texts.gatesHint}</p>
      ${typed.gates.map((_, index) => gate(index))}
      ${typed.gates.length < MOST_GATES
        ? html`<p>
            <button type="button" class="second" id="add-gate" @click=${add}>
              ${typed.gates.length ? texts.addSecondGate : texts.addGate}
            </button>
          </p>`
        : nothing}
    `;
  }

  /** That this was begun earlier, if it was. */
  function begun() {
    const again = startOver();
    const afresh = () => {
      clear();
      again?.();
      drawAndFocus("#name");
    };
    return again
      ? html`<p class="panel">${staffWords.begunEarlier} <button type="button" class="link" @click=${afresh}>${staffWords.startOver}</button></p>`
      : nothing;
  }

  function view() {
    const texts = staffWords;
    const ending = ends?.();
    return html`
      ${begun()} ${summary(errors)}
      <form novalidate @submit=${onSubmit(submit)}>
        ${field({ id: "name", label: texts.name, value: typed.name, typed: keeps("name"), errors })} ${sorting()}
        ${field({ id: "email", label: texts.email, value: typed.email, typed: keeps("email"), errors, type: "email" })}
        ${ways()}
        ${field({
          id: "mobile",
          label: texts.mobile,
          hint: texts.mobileHint,
          value: typed.mobile,
          typed: keeps("mobile"),
          errors,
          type: "tel",
        })}
        ${sharing()} ${language()} ${gates()} ${exceptions()}
        <div role="status">${ending ? html`<p class="panel">${texts.ends[ending]}</p>` : nothing}</div>
        <div class="buttons">
          <button aria-disabled=${act.isBusy}>${act.isBusy ? words.oneMoment : label()}</button>
          <button type="button" class="second" @click=${cancel}>${words.cancel}</button>
        </div>
      </form>
    `;
  }

  return { view, clear };
}
