/**
 * Beginning and end of a session, as far as pages know of it: the cookie itself is out of their sight.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Next } from "./api.js"
 */

import { at } from "./place.js";
import { browser, tab } from "./store.js";

/** Pages to which signing in leads back, as the path after the firm; whatever else is remembered leads home. */
const WAYS_BACK = {
  client: /^(documents|devices|two-factor)$/,
  staff: /^staff(\/(contacts(\/[a-z0-9]+)?|access-log|devices|two-factor|people|settings|clients\/[a-z0-9]+\/documents))?$/,
};

/** @param {Audience} audience */
const home = (audience) => (audience === "staff" ? "staff" : "");
/** @param {Audience} audience */
const entrance = (audience) => (audience === "staff" ? "staff/sign-in" : "sign-in");

/** What comes on a page that is being left: nothing. @type {Promise<never>} */
const NOTHING_MORE = new Promise(() => {});

/**
 * Leaves for another page of this firm, in place of this one.
 *
 * @param {string} path what follows the firm
 */
export function goTo(path) {
  location.replace(at(path));
  return NOTHING_MORE;
}

/**
 * Leaves for the sign-in page, from which the way leads back here.
 *
 * @param {Audience} audience
 */
export function goToSignIn(audience) {
  const [, , ...rest] = location.pathname.split("/");
  tab.write(`${audience}:back`, rest.join("/") + location.search);
  return goTo(entrance(audience));
}

/**
 * Leaves for where a second factor is asked for, switched on and off.
 *
 * @param {Audience} audience
 * @param {Next} next what stands between a new session and the portal
 */
export function goToSecondFactor(audience, next = awaited(audience)) {
  browser.write(`${audience}:next`, next);
  return goTo(`${audience === "staff" ? "staff/" : ""}two-factor?step=${next}`);
}

/** What stood between the last session that began in this browser and the portal. @param {Audience} audience */
export const awaited = (audience) => /** @type {Next | undefined} */ (browser.read(`${audience}:next`)) ?? "second-factor";

/** @typedef {"in" | "half"} Was how far someone had come in this tab */

/** Notes how far someone has come in this tab, so that the sign-in page can say why it is there. @param {Audience} audience @param {Was} was */
export const cameIn = (audience, was) => tab.write(`${audience}:was`, was);

/** How far someone had come in this tab whose session has ended, without that they signed out. @param {Audience} audience */
export const hadCome = (audience) => /** @type {Was | undefined} */ (tab.read(`${audience}:was`));

/**
 * Leaves for where a new session leads: to the second factor where one is asked for, else back to where it was missed, else home.
 *
 * @param {Audience} audience
 * @param {Next} [next]
 */
export function goOn(audience, next = "portal") {
  if (next !== "portal") {
    return goToSecondFactor(audience, next);
  }
  const back = /** @type {string | undefined} */ (tab.read(`${audience}:back`)) ?? "";
  tab.write(`${audience}:back`, undefined);
  const isKnown = WAYS_BACK[audience].test(back.split("?")[0]);
  return goTo(isKnown ? back : home(audience));
}

/**
 * Leaves for the sign-in page once the session was ended. What was typed in this tab is not for who comes next.
 *
 * @param {Audience} audience
 */
export function goOut(audience) {
  tab.clear();
  location.assign(at(entrance(audience)));
  return NOTHING_MORE;
}
