/**
 * The names of files that were chosen and have not arrived: a browser forgets the files themselves as soon as the page is left, and then
 * nothing else would tell that one of them never came.
 */

import { tab } from "./store.js";

/** @typedef {{ name: string, size: number }} Lost a file as it was chosen */

/**
 * @param {string} whose who chose them, and on which page: nobody else is told
 */
export function unsent(whose) {
  const name = `unsent:${whose}`;
  /** What an earlier page left behind. */
  let lost = /** @type {Lost[]} */ (tab.read(name) ?? []);

  /** @param {Lost} one @param {Lost} other */
  const isSame = (one, other) => one.name === other.name && one.size === other.size;

  return {
    lost: () => lost,

    /** @param {Lost[]} found files that were chosen again, or are not wanted any more */
    drop(found) {
      lost = lost.filter((one) => !found.some((other) => isSame(one, other)));
    },

    /** @param {Lost[]} here what this page has not sent yet */
    keep(here) {
      const all = [...lost, ...here.map(({ name, size }) => ({ name, size }))];
      tab.write(name, all.length > 0 ? all : undefined);
    },
  };
}
