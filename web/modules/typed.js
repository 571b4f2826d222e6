/**
 * What people type, read as the server reads it: codes, gates and emails, whatever comes along with them.
 */

/** What is not seen: it comes along when text is copied. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/gu;

/** @param {string} typed */
const seen = (typed) => typed.replace(UNSEEN, "");

/** What people put between digits, or before them as a mask or a sign, taken away. @param {string} typed */
export function bare(typed) {
  const squeezed = seen(typed).replace(/[\s\p{Pd}\p{Ps}\p{Pe}\p{Pc}.,/\\\u2212\u00b7\u2024\u2219\u22c5]/gu, "");
  return squeezed.replace(/^[xX*#\u2022\u25cf\u2217]+(?=.)/, "");
}

/**
 * The six digits of a code, or nothing. Of a whole text message they are its one number of six digits.
 *
 * @param {string} typed
 */
export function codeIn(typed) {
  const digits = bare(typed);
  const words = seen(typed).split(/[^\p{L}\p{N}]+/u);
  const codes = new Set([digits, ...words].filter((word) => /^\d{6}$/.test(word)));
  return codes.size === 1 ? [...codes][0] : undefined;
}

/**
 * The digits of a gate: the last four of an SSN, or a PIN of four to eight.
 *
 * @param {string} typed
 * @returns {{ digits: string } | { wrong: "empty" | "text" | "length" }}
 */
export function gateIn(typed) {
  const digits = bare(typed);
  if (digits === "") {
    return { wrong: "empty" };
  }
  if (!/^\d+$/.test(digits)) {
    return { wrong: "text" };
  }
  return /^\d{4,8}$/.test(digits) ? { digits } : { wrong: "length" };
}

/**
 * The first character that no email address has before its `@`, if there is one.
 *
 * @param {string} typed
 * @returns {string | undefined}
 */
export function strangeIn(typed) {
  const text = seen(typed).trim();
  return text.slice(0, Math.max(text.lastIndexOf("@"), 0)).match(/[^\w!#$%&'*+\-/=?^`{|}~.]/u)?.[0];
}
