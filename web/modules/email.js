/**
 * What is wrong with an email address, in words.
 */

import { strangeIn } from "./typed.js";
import { words } from "./words.js";

/** @param {string} typed */
export function emailError(typed) {
  const strange = strangeIn(typed);
  return () => (strange ? words.emailStrange(strange) : words.emailWrong);
}
