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

/** Turn to the language that is spoken now. @type {(() => Promise<void>)[]} */
const otherBooks = [];

/**
 * Sentences that only some screens need. The answer reads them in the language of the moment.
 *
 * @template T
 * @param {Record<Language, () => Promise<{ default: T }>>} book
 */
export async function openBook(book) {
  let sentences = (await book[language]()).default;
  otherBooks.push(async () => {
    sentences = (await book[language]()).default;
  });
  return () => sentences;
}

/** @param {Language} chosen */
export async function speak(chosen) {
  browser.write("language", chosen);
  // After a new release the sentences of the old one may be gone.
  const book = await BOOKS[chosen]().catch(() => location.reload());
  if (!book) {
    return;
  }
  words = book.default;
  language = chosen;
  document.documentElement.lang = chosen;
  await Promise.all(otherBooks.map((turn) => turn()));
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
  const isLarge = bytes >= 1_000_000;
  const [unit, size] = isLarge ? ["megabyte", bytes / 1_000_000] : ["kilobyte", bytes > 0 ? Math.max(bytes / 1000, 1) : 0];
  const maximumFractionDigits = isLarge && size < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits }).format(size).replace(" ", "\u00a0");
}
