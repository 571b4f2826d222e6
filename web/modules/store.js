/**
 * What the browser remembers for us: for this tab, or for all tabs. Each firm has its own. What a browser does not keep, because it has
 * no storage, forbids it or has no room, this page remembers as long as it stands.
 */

import { firmId } from "./place.js";

/** @param {string} name */
const key = (name) => `postern:${firmId}:${name}`;

/** @param {() => Storage} storage */
function drawer(storage) {
  /** What the browser would not keep. @type {Map<string, unknown>} */
  const here = new Map();
  return {
    /**
     * @template T
     * @param {string} name
     * @returns {T | undefined}
     */
    read(name) {
      if (here.has(name)) {
        return /** @type {T | undefined} */ (here.get(name));
      }
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
        here.delete(name);
      } catch {
        here.set(name, value);
      }
    },
    /** Forgets everything. */
    clear() {
      here.clear();
      try {
        const names = Object.keys(storage()).filter((name) => name.startsWith(key("")));
        names.forEach((name) => storage().removeItem(name));
      } catch {
        // There is nothing to forget.
      }
    },
    /** Whether the browser keeps anything at all. */
    isKept() {
      try {
        storage().setItem(key("kept"), "1");
        storage().removeItem(key("kept"));
        return true;
      } catch {
        return false;
      }
    },
  };
}

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
