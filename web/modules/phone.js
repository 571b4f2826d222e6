/** Printed phone numbers as something to press. */

/** The letters on the keys from 2 to 9. */
const KEYS = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];

/**
 * The address that dials a printed number: the first of several, letters as the keys that they stand on, and an extension after a pause.
 *
 * @param {string} printed
 */
export function dialled(printed) {
  const [first] = printed.split(/[/;]|\s+(?:or|o|und|and|y)\s+/i);
  const [number, extension = ""] = first.split(/[\s,]*(?:ext(?:ension)?\.?|x|#)\s*(?=\d)/i);
  const digits = number
    .toLowerCase()
    .replace(/[a-z]/g, (letter) => String(KEYS.findIndex((key) => key.includes(letter)) + 2))
    .replace(/[^\d+]/g, "");
  // A number of the US is dialled from abroad too with its country in front.
  const whole = /^\d{10}$/.test(digits) ? `+1${digits}` : /^1\d{10}$/.test(digits) ? `+${digits}` : digits;
  return `tel:${whole}${extension && `,${extension.replace(/\D/g, "")}`}`;
}
