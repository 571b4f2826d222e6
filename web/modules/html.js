/**
 * Pieces of pages. Translators of browsers put elements of their own in the place of text, and what was written into that text later would
 * never be seen. So each text that can change stands in an element of its own, which is replaced whole; and rows of lists keep to what they
 * are of.
 *
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { html as piece } from "../vendor/lit-html/lit-html.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";

export { nothing, render } from "../vendor/lit-html/lit-html.js";

/** For each piece, which of its values stand between tags. @type {WeakMap<TemplateStringsArray, boolean[]>} */
const between = new WeakMap();

/**
 * A piece of a page; values between tags are text or pieces, those within tags are attributes, properties or listeners.
 *
 * @param {TemplateStringsArray} strings
 * @param {unknown[]} values
 * @returns {TemplateResult}
 */
export function html(strings, ...values) {
  const places = between.get(strings) ?? standBetween(strings);
  return piece(strings, ...values.map((value, at) => (places[at] && isText(value) ? whole(value) : value)));
}

/** @param {TemplateStringsArray} strings */
function standBetween(strings) {
  let isInTag = false;
  const places = strings.map((string) => {
    const [opened, closed] = [string.lastIndexOf("<"), string.lastIndexOf(">")];
    isInTag = opened === closed ? isInTag : opened > closed;
    return !isInTag;
  });
  between.set(strings, places);
  return places;
}

/** @param {unknown} value */
const isText = (value) => (typeof value === "string" && value !== "") || typeof value === "number";

/** @param {unknown} text */
const whole = (text) => keyed(text, piece`<span>${text}</span>`);
