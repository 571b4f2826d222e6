/**
 * What the browser remembers for us: for this tab, or for all tabs. Each firm has its own. A browser that keeps nothing is no
 * reason to fail: then a reload begins again.
 */

import { firmId } from "./place.js";

/** @param {string} name */
const key = (name) => `postern:${firmId}:${name}`;

/** @param {() => Storage} storage */
const drawer = (storage) => ({
  /**
   * @template T
   * @param {string} name
   * @returns {T | undefined}
   */
  read(name) {
    try {
      return JSON.parse(storage().getItem(key(name)) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  },
  /**
   * @param {string} name
   * @param {unknown} value `undefined` forgets
   */
  write(name, value) {
    try {
      if (value === undefined) {
        storage().removeItem(key(name));
      } else {
        storage().setItem(key(name), JSON.stringify(value));
      }
    } catch {
      // Storage is full or switched off.
    }
  },
  /** Forgets everything. */
  clear() {
    try {
      const names = Object.keys(storage()).filter((name) => name.startsWith(key("")));
      names.forEach((name) => storage().removeItem(name));
    } catch {
      // There is nothing to forget.
    }
  },
});

export const tab = drawer(() => sessionStorage);
export const browser = drawer(() => localStorage);

/**
 * Calls `listener` when another tab changed what the browser remembers under `name`.
 *
 * @param {string} name
 * @param {() => void} listener
 */
export function onChangeElsewhere(name, listener) {
  addEventListener("storage", (event) => event.key === key(name) && listener());
}
