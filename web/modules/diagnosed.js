/**
 * Why someone cannot get in, in the page's language.
 *
 * @import { Diagnosis } from "./api.js"
 */

import { moment, staffWords } from "./words.js";

/** @param {Diagnosis} diagnosis */
export function diagnosed({ verdict, values, sentence, advice }) {
  const { verdicts, verdictAdvice } = staffWords;
  const known = /** @type {keyof typeof verdicts} */ (verdict);
  const said = Object.entries(values).map(([name, value]) => [name, isInstant(value) ? moment(value) : value]);
  // What only a newer server knows is said in its words.
  return known in verdicts
    ? { sentence: verdicts[known](Object.fromEntries(said)), advice: verdictAdvice(verdict, Object.fromEntries(said)) }
    : { sentence, advice };
}

/** @param {unknown} value @returns {value is string} */
const isInstant = (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
