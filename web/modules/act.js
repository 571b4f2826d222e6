/**
 * What people set going by a press. It runs once at a time, so that two presses are one; the screen shows that it runs, and then what
 * stood in the way.
 *
 * @import { Refusal } from "./api.js"
 */

import { refusalOf } from "./api.js";
import { draw } from "./page.js";

/** @typedef {{ ask: (does: () => unknown, called: () => string) => void }} Proof */

/**
 * Answers with what sets things going, one at a time. What leaves the page never ends, so that nothing more can be pressed on it.
 *
 * @param {Proof} [proof] asks for a fresh proof of who presses where something takes one, and then does it
 */
export function acting(proof) {
  /**
   * @param {() => Promise<void>} does
   * @param {(refusal: Refusal) => void} refused says what stood in the way
   * @param {() => string} [called] what it is, in words, where it may take a proof
   */
  async function act(does, refused, called = () => "") {
    if (act.isBusy) {
      return;
    }
    act.isBusy = true;
    const done = does();
    draw();
    const refusal = await done.then(() => undefined, refusalOf);
    act.isBusy = false;
    if (refusal?.name === "step-up-needed" && proof) {
      proof.ask(() => act(does, refused, called), called);
    } else if (refusal) {
      refused(refusal);
    }
    draw();
  }
  act.isBusy = false;
  return act;
}
