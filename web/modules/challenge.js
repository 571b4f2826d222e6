/**
 * The code that was asked for and not yet typed in. This tab remembers it over reloads, back, and being thrown away by the browser; so
 * that a second tab comes back to it too, the browser remembers it for as long as the code lives. Whether a code is still good is the
 * server's to say: clocks of devices are wrong, and are set right while one waits.
 *
 * @import { Audience } from "./api-types.js"
 * @import { Channel, GivenOut } from "./api.js"
 */

import { browser, onChangeElsewhere, tab } from "./store.js";

/** Codes that may be tried before the right one would be refused too. */
export const TRIES = 5;
/** For how long a tab comes back to a code, before it begins afresh. */
const MEMORY_MS = 86_400_000;

const began = Date.now() - performance.now();
/** The time as this page counts it, in milliseconds: setting the clock of the device does not change it. */
export const now = () => began + performance.now();

/**
 * @typedef {object} Pending
 * @property {string} challenge
 * @property {number} askedAt
 * @property {number} expiresAt from when on it is too old, as far as can be known here
 * @property {number} resendAt
 * @property {number} tries wrong codes so far
 * @property {boolean} [isSpent] whether the code turned out to be no longer good
 * @property {number} [left] how often the code can still be sent, once that is known
 * @property {"form" | "link"} from what it was asked by
 * @property {string} [sentTo] where it goes, masked
 * @property {boolean} [byEmail] whether it goes by email as far as is known here
 * @property {Channel} [planned] by what this tab sends it again, as soon as that may be
 */

/** What the server knows a client by who asked for a code, as long as it surely does. */
export function askedFor() {
  const asked = pending("client");
  return asked && now() < asked.expiresAt ? { challenge: asked.challenge } : undefined;
}

/** @param {Audience} audience */
const name = (audience) => `${audience}:challenge`;

/**
 * @param {GivenOut} given
 * @param {Pick<Pending, "from" | "sentTo" | "byEmail">} how
 * @returns {Pending}
 */
export function begun(given, how) {
  const askedAt = now();
  const { challenge, expires_in, resend_in } = given;
  return { challenge, askedAt, expiresAt: askedAt + expires_in * 1000, resendAt: askedAt + resend_in * 1000, tries: 0, ...how };
}

/**
 * @param {Audience} audience
 * @returns {Pending | undefined}
 */
export function pending(audience) {
  const own = /** @type {Pending | undefined} */ (tab.read(name(audience)));
  const shared = /** @type {Pending | undefined} */ (browser.read(name(audience)));
  if (!own || now() > own.askedAt + MEMORY_MS) {
    return shared && now() < shared.expiresAt ? shared : undefined;
  }
  return shared?.challenge === own.challenge ? { ...own, ...shared } : own;
}

/**
 * @param {Audience} audience
 * @param {Pending} pending
 */
export function remember(audience, pending) {
  const { planned: _, ...shared } = pending;
  tab.write(name(audience), pending);
  browser.write(name(audience), shared);
}

/**
 * Notes what became of a challenge, unless it came to its end meanwhile.
 *
 * @param {Audience} audience
 * @param {Pending} begun
 * @param {Partial<Pending>} news
 */
export function note(audience, { challenge }, news) {
  const known = pending(audience);
  if (known?.challenge === challenge) {
    remember(audience, { ...known, ...news });
  }
}

/** @param {Audience} audience */
export function forget(audience) {
  tab.write(name(audience), undefined);
  browser.write(name(audience), undefined);
}

/**
 * Calls `listener` when the challenge came to its end in another tab.
 *
 * @param {Audience} audience
 * @param {() => void} listener
 */
export function onEndElsewhere(audience, listener) {
  onChangeElsewhere(name(audience), () => browser.read(name(audience)) === undefined && listener());
}
