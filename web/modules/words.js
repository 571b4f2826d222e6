/**
 * The language of the page. `words` holds all sentences in it, and `staffWords` those that only staff read; views read them each time
 * that they are drawn, so that the language can change under an open form.
 *
 * @import { Audience } from "./api-types.js"
 */

import { browser } from "./store.js";

/** @typedef {typeof import("../words/en.js").words} Words */
/** @typedef {typeof import("../words/staff-en.js").staffWords} StaffWords */
/** @typedef {"en" | "es"} Language */

/** @type {Record<Audience, Record<Language, () => Promise<{ words: Words, staffWords?: StaffWords }>>>} */
const BOOKS = {
  client: { en: () => import("../words/en.js"), es: () => import("../words/es.js") },
  staff: { en: () => import("../words/staff-en.js"), es: () => import("../words/staff-es.js") },
};

/** @type {Language} */
export let language = browser.read("language") ?? preferred();
/** @type {Words} */
export let words;
/** Only on pages of staff. @type {StaffWords} */
export let staffWords;

/** @returns {Language} */
function preferred() {
  // Browsers within other programs may have one language, or tell none.
  const wanted = navigator.languages ?? [navigator.language ?? "en"];
  const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in BOOKS.client);
  return known === "es" ? "es" : "en";
}

/**
 * Speaks a language from now on.
 *
 * @param {Audience} audience
 * @param {Language} chosen
 */
export async function speak(audience, chosen) {
  const book = await BOOKS[audience][chosen]();
  language = chosen;
  words = book.words;
  staffWords = book.staffWords ?? staffWords;
  document.documentElement.lang = chosen;
}

/** @param {string | number | Date} instant */
export const timeOfDay = (instant) => format(instant, { timeStyle: "short" });

/** With seconds, for who compares instants; the time alone if it is today. @param {string | number | Date} instant */
export const momentExactly = (instant) =>
  format(instant, isToday(new Date(instant)) ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "medium" });

/** The time alone if it is today. @param {string | number | Date} instant */
export const moment = (instant) => (isToday(new Date(instant)) ? timeOfDay(instant) : dayAndTime(instant));

/** @param {Date} day */
const isToday = (day) => day.toDateString() === new Date().toDateString();

/** A sentence of the server, with the instants in it as they are told here. @param {string} sentence */
export const inLocalTime = (sentence) => sentence.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => moment(instant));

/** @param {string | number | Date} instant */
export const dayAndTime = (instant) => format(instant, { dateStyle: "medium", timeStyle: "short" });

/** The time alone if it is today, else the day alone. @param {string | number | Date} instant */
export const dayOrTime = (instant) => (isToday(new Date(instant)) ? timeOfDay(instant) : format(instant, { dateStyle: "medium" }));

/**
 * @param {string | number | Date} instant
 * @param {Intl.DateTimeFormatOptions} options
 */
const format = (instant, options) => new Intl.DateTimeFormat(locale(), options).format(new Date(instant));

/** @param {number} count */
export const number = (count) => new Intl.NumberFormat(locale()).format(count);

const locale = () => (language === "es" ? "es-US" : "en-US");

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
  const isLarge = bytes >= 1_000_000;
  const [unit, size] = isLarge ? ["megabyte", bytes / 1_000_000] : ["kilobyte", bytes > 0 ? Math.max(bytes / 1000, 1) : 0];
  const maximumFractionDigits = isLarge && size < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits }).format(size).replace(" ", "\u00a0");
}
