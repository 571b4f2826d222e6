/** Rows of a list: each keeps to what it is of, and its place on the screen moves with it. */

import { repeat } from "../vendor/lit-html/directives/repeat.js";

/**
 * @template {{ id: unknown }} T
 * @param {T[]} items
 * @param {(item: T) => unknown} row
 */
export const each = (items, row) => repeat(items, ({ id }) => id, row);
