/**
 * The language of the page. `words` holds all sentences in it; views read them each time that they are drawn, so that the
 * language can change under an open form.
 */

import { browser } from "./store.js";

/** @typedef {typeof import("../words/en.js").default} Words */
/** @typedef {"en" | "es"} Language */

/** @type {Record<Language, () => Promise<{ default: Words }>>} */
const BOOKS = {
  en: () => import("../words/en.js"),
  es: () => import("../words/es.js"),
};

/** @type {Language} */
export let language = browser.read("language") ?? preferred();
/** @type {Words} */
export let words = (await BOOKS[language]()).default;
document.documentElement.lang = language;

/** @returns {Language} */
function preferred() {
  const known = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in BOOKS);
  return known === "es" ? "es" : "en";
}

/** @param {Language} chosen */
export async function speak(chosen) {
  words = (await BOOKS[chosen]()).default;
  language = chosen;
  document.documentElement.lang = chosen;
  browser.write("language", chosen);
}

/** @param {string | number | Date} instant */
export const timeOfDay = (instant) => format(instant, { timeStyle: "short" });

/** @param {string | number | Date} instant */
export const dayAndTime = (instant) => format(instant, { dateStyle: "medium", timeStyle: "short" });

/**
 * @param {string | number | Date} instant
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(instant, options) {
  return new Intl.DateTimeFormat(language === "es" ? "es-US" : "en-US", options).format(new Date(instant));
}

/**
 * A number of seconds as people say it.
 *
 * @param {number} seconds
 */
export function duration(seconds) {
  return seconds < 90 ? words.seconds(Math.max(1, Math.ceil(seconds))) : words.minutes(Math.ceil(seconds / 60));
}

/** @param {number} bytes */
export function fileSize(bytes) {
  const [unit, share] = bytes < 1024 ** 2 ? ["kilobyte", 1024] : ["megabyte", 1024 ** 2];
  const digits = bytes < 10 * 1024 ** 2 && unit === "megabyte" ? 1 : 0;
  const options = { style: /** @type {const} */ ("unit"), unit, maximumFractionDigits: digits };
  return new Intl.NumberFormat(language, options).format(Math.max(bytes / share, bytes > 0 && unit === "kilobyte" ? 1 : 0));
}
